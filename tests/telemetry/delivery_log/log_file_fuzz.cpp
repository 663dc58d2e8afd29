// SPDX-License-Identifier: Apache-2.0
// A file of the log with any bytes at all: it is read without harm, what comes back is what the
// same bytes give again, and the log works on in their presence.
#include "telemetry/delivery/log_format.hpp"
#include "telemetry/delivery/write_ahead_log.hpp"
#include "telemetry/delivery_log/memory_disk.hpp"

#include <aloft/testing/manual_clock.hpp>
#include <aloft/testing/memory_diagnostics.hpp>
#include <aloft/testing/sequence_random.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using namespace aloft;
using namespace aloft::delivery;

void require(bool fact) {
  if (!fact) std::abort();
}

/// Puts the check of each frame header right, or a fuzzer never gets past it.
std::string mended(std::string bytes) {
  FileHeader header;
  if (decode_file_header(bytes, header) != HeaderState::good) return bytes;
  std::string out = encode_file_header(header);
  std::string_view rest = std::string_view(bytes).substr(kFileHeaderBytes);
  // Each command is 4 bytes: what, sequence, count, size of the body.
  for (; rest.size() >= 4; rest.remove_prefix(4)) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(rest[i]); };
    if (at(0) % 4 == 0) {
      append_acknowledgement(out, header.salt, header.first + at(1), at(2));
    } else if (at(0) % 4 == 3) {
      out.append(at(3), static_cast<char>(at(2)));
    } else {
      Record record;
      record.payload.assign(at(3), 'p');
      record.count = at(2);
      append_record_frame(out, header.salt, header.first + at(1), record);
      if (at(0) % 4 == 2) out[out.size() - 1 - at(2) % 16] ^= 1;
    }
  }
  return out;
}

std::vector<std::string> read_with_log(const std::string& bytes) {
  fixture::MemoryDisk disk;
  disk.make("/log", true);
  disk.make("/log/log-0000000000000001", true);
  disk.make("/log/log-0000000000000001/0000000000000001.log", false)->bytes = bytes;
  fixture::MemoryFiles files(disk);
  testing::ManualClock clock;
  testing::SequenceRandom random;
  testing::MemoryDiagnostics diagnostics;
  LogOptions options;
  options.directory = "/log";
  auto log = WriteAheadLog::open(options, {clock, random, diagnostics}, files);
  require(log.has_value());
  const LogCounters counters = (*log)->counters();
  require(counters.recovered == counters.live_records);
  require(counters.damaged <= counters.recovered);
  std::vector<std::string> payloads;
  for (LogRecord found; (*log)->next(found.sequence, found);) {
    payloads.push_back(found.damaged ? "damaged" : found.record.payload);
    (*log)->acknowledge(found.sequence);
  }
  require(payloads.size() == counters.recovered);
  Record mine;
  mine.payload = "mine";
  const Appended appended = (*log)->append(mine);
  require(appended.stored == Stored::yes && (*log)->sync());
  LogRecord back;
  require((*log)->next(0, back) && back.sequence == appended.sequence &&
          back.record.payload == "mine");
  require(!(*log)->next(back.sequence, back));
  return payloads;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  require(read_with_log(bytes) == read_with_log(bytes));
  read_with_log(mended(bytes));
  return 0;
}
