// SPDX-License-Identifier: Apache-2.0
// UDP_SEGMENT: the kernel takes one buffer and cuts it into datagrams of one size, so each document
// but the last is filled up with blanks, which stand behind its JSON.
#include "telemetry/export/offload.hpp"

#include <aloft/telemetry/export/xray_daemon_exporter.hpp>

#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace {

/// Source: UDP_MAX_SEGMENTS of include/linux/udp.h, 64 before Linux 6.9, read 2026-11.
constexpr std::size_t kMaxSegments = 64;
/// How long a probe waits for its own datagrams, which loopback has delivered before it asks.
constexpr int kProbePatienceMs = 20;

/// Sends `parts` as datagrams of `segment_bytes`; false with errno.
bool send_segments(int socket, iovec* parts, std::size_t count, std::size_t segment_bytes) {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(std::uint16_t))> control{};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = count;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_UDP;
  header->cmsg_type = UDP_SEGMENT;
  header->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
  const auto size = static_cast<std::uint16_t>(segment_bytes);
  std::memcpy(CMSG_DATA(header), &size, sizeof size);
  return sendmsg(socket, &message, MSG_NOSIGNAL) >= 0;
}

bool is_loopback(int socket) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  if (getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return false;
  if (peer.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &peer, sizeof v4);
    return ntohl(v4.sin_addr.s_addr) >> 24 == 127;
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, &peer, sizeof v6);
  return peer.ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

/// A socket that is closed at the end of its scope.
class OwnSocket {
 public:
  OwnSocket() noexcept : descriptor_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}
  ~OwnSocket() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  OwnSocket(const OwnSocket&) = delete;
  OwnSocket& operator=(const OwnSocket&) = delete;
  int get() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

/// Whether the next datagram has so many bytes.
bool receives(int socket, ssize_t bytes) {
  pollfd ready{socket, POLLIN, 0};
  std::array<char, 16> buffer{};
  return poll(&ready, 1, kProbePatienceMs) == 1 &&
         recv(socket, buffer.data(), buffer.size(), MSG_DONTWAIT) == bytes;
}

/// Three datagrams to ourselves: a kernel may know the option and have it switched off.
bool probe() {
  const OwnSocket receiver;
  const OwnSocket sender;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (receiver.get() < 0 || sender.get() < 0 || bind(receiver.get(), any, size) != 0 ||
      getsockname(receiver.get(), any, &size) != 0 || connect(sender.get(), any, size) != 0) {
    return false;
  }
  std::string bytes = "112233";
  iovec part{bytes.data(), 5};
  return send_segments(sender.get(), &part, 1, 2) && receives(receiver.get(), 2) &&
         receives(receiver.get(), 2) && receives(receiver.get(), 1);
}

class Segmentation final : public Offload {
 public:
  bool serves(const UdpSocket& socket) override {
    int segment_bytes = 0;
    socklen_t size = sizeof segment_bytes;
    return is_loopback(socket.descriptor()) &&
           getsockopt(socket.descriptor(), SOL_UDP, UDP_SEGMENT, &segment_bytes, &size) == 0 &&
           probe();
  }

  bool add(const XRayDocument& document) override {
    const std::size_t bytes = document.text.size();
    const std::size_t count = documents_.size() + 1;
    const std::size_t most = std::max(most_, bytes);
    const std::size_t least = std::min(least_, bytes);
    // One that is half as long as another would be more blanks than text.
    if (count > 1 && (count > kMaxSegments || most * count > kMaxDatagramBytes || 2 * least < most))
      return false;
    most_ = most;
    least_ = least;
    if (text_.capacity() < kMaxDatagramBytes) text_.reserve(kMaxDatagramBytes);  // views stay valid
    const std::size_t at = text_.size();
    text_.append(document.text);
    documents_.push_back({std::string_view(text_).substr(at), document.spans});
    return true;
  }

  SendOutcome send(UdpSocket& socket) override {
    std::array<iovec, 2 * kMaxSegments> parts;
    std::size_t count = 0;
    for (std::size_t i = 0; i < documents_.size(); ++i) {
      const std::string_view text = documents_[i].text;
      parts[count++] = {text_.data() + (text.data() - text_.data()), text.size()};
      const std::size_t missing = most_ - text.size();
      if (missing != 0 && i + 1 != documents_.size()) parts[count++] = {blanks_.data(), missing};
    }
    for (int attempt = 0;; ++attempt) {
      if (send_segments(socket.descriptor(), parts.data(), count, most_)) return SendOutcome::taken;
      if (errno == EIO || errno == EINVAL || errno == EMSGSIZE || errno == EOPNOTSUPP) {
        return SendOutcome::unsupported;
      }
      if (const auto outcome = socket.outcome_of(errno, attempt)) return *outcome;
    }
  }

  const std::vector<XRayDocument>& documents() override { return documents_; }

  void clear() override {
    documents_.clear();
    text_.clear();
    most_ = 0;
    least_ = kMaxDatagramBytes;
  }

 private:
  std::string text_;  // of all documents
  std::vector<XRayDocument> documents_;
  std::string blanks_ = std::string(kMaxDatagramBytes / 2, ' ');
  std::size_t most_ = 0;
  std::size_t least_ = kMaxDatagramBytes;
};

}  // namespace

std::unique_ptr<Offload> udp_segmentation() { return std::make_unique<Segmentation>(); }

OffloadingExporter::OffloadingExporter(HostAndPort address, Platform platform,
                                       std::unique_ptr<Offload> offload)
    : XRayDaemonExporter(std::move(address), platform), offload_(std::move(offload)) {}

void OffloadingExporter::opened(const UdpSocket& socket) noexcept {
  offloads_ = offload_->serves(socket);
}

void OffloadingExporter::take(const XRayDocument& document, ExportReport& report) noexcept {
  if (offloads_ && offload_->add(document)) return;
  if (offloads_) finish(report);
  if (offloads_) {
    offload_->add(document);
  } else {
    send(document, report);
  }
}

/// What was gathered goes in one call, or one by one where the kernel does not take it so.
void OffloadingExporter::finish(ExportReport& report) noexcept {
  const std::vector<XRayDocument>& documents = offload_->documents();
  SendOutcome outcome = SendOutcome::unsupported;
  if (documents.size() > 1) {
    outcome = attempt([this] { return offload_->send(socket()); }, report);
    if (outcome == SendOutcome::unsupported) {
      report.offload_refused();
      offloads_ = false;
    }
  }
  std::size_t spans = 0;
  for (const XRayDocument& document : documents) {
    if (outcome == SendOutcome::unsupported) send(document, report);
    spans += document.spans;
  }
  if (outcome != SendOutcome::unsupported) settle(outcome, spans, report);
  offload_->clear();
}

Result<std::unique_ptr<Exporter>> xray_offload_exporter(const XRayDaemonOptions& options,
                                                        Platform platform) {
  Result<HostAndPort> address = parse_daemon_address(options.address);
  if (!address) return unexpected(address.error());
  return std::unique_ptr<Exporter>(
      std::make_unique<OffloadingExporter>(std::move(*address), platform, udp_segmentation()));
}

}  // namespace v0
}  // namespace aloft
