// SPDX-License-Identifier: Apache-2.0
#include "console/store/schema.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace aloft::console {
namespace {

// trace.key and segment.key grow with arrival. A document as long as `bytes` is plain, a shorter
// one is deflated. Both stamps must match the constants in the header.
constexpr const char* kTables = R"sql(
BEGIN IMMEDIATE;
CREATE TABLE trace (
  key INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  start_us INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  documents INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  summary TEXT NOT NULL,
  searchable TEXT NOT NULL
) STRICT;
CREATE INDEX trace_by_start ON trace (start_us, key);
CREATE TABLE segment (
  key INTEGER PRIMARY KEY,
  trace INTEGER NOT NULL,
  id INTEGER NOT NULL,
  start_us INTEGER NOT NULL,
  in_progress INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  document BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX segment_by_id ON segment (trace, id);
PRAGMA application_id = 1097623156;
PRAGMA user_version = 1;
COMMIT;
)sql";
static_assert(kApplicationId == 1097623156 && kSchemaVersion == 1);

constexpr const char* kRemedy = "choose another file for --db, or move this one away";

Unexpected not_opened(int error) {
  const bool denied = error == EACCES || error == EPERM || error == EROFS;
  return fail(denied ? ErrorCode::permission_denied : ErrorCode::unavailable,
              std::string("the file of --db cannot be opened: ") +
                  (denied ? "permission denied" : "its folder is missing or cannot be used"),
              "name a file in a folder that you may write to");
}

}  // namespace

Result<void> prepare_schema(Database& database) {
  const auto application = database.integer("PRAGMA application_id");
  if (!application) {
    return fail(application.error().code, "the file of --db is damaged or no database", kRemedy);
  }
  const auto objects = database.integer("SELECT count(*) FROM sqlite_schema");
  if (!objects) {
    return fail(objects.error().code, "the file of --db is damaged", kRemedy);
  }
  if (*application == 0 && *objects == 0) return database.run(kTables);
  if (*application != kApplicationId) {
    return fail(ErrorCode::unsupported, "the file of --db belongs to another program", kRemedy);
  }
  const auto version = database.integer("PRAGMA user_version");
  if (!version) return unexpected(version.error());
  if (*version != kSchemaVersion) {
    return fail(ErrorCode::unsupported, "the file of --db was written by another version", kRemedy);
  }
  return {};
}

StoreFile::StoreFile(StoreFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

StoreFile& StoreFile::operator=(StoreFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

StoreFile::~StoreFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

Result<StoreFile> StoreFile::open(const std::string& path) {
  constexpr mode_t kOwnerOnly = S_IRUSR | S_IWUSR;
  StoreFile file;
  file.descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, kOwnerOnly);
  if (file.descriptor_ < 0 && errno == EISDIR) {
    return fail(ErrorCode::invalid_argument, "--db names a directory", "name a file");
  }
  if (file.descriptor_ < 0) return not_opened(errno);
  struct stat status {};
  if (fstat(file.descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) {
    return fail(ErrorCode::invalid_argument, "--db names something that is no file", "name a file");
  }
  if (flock(file.descriptor_, LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorCode::already_exists, "another aloft-console has the file of --db open",
                "stop it, or choose another file");
  }
  return file;
}

void StoreFile::restrict_to_owner() noexcept {
  if (descriptor_ >= 0) fchmod(descriptor_, S_IRUSR | S_IWUSR);
}

}  // namespace aloft::console
