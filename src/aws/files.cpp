// SPDX-License-Identifier: Apache-2.0
#include "aws/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) noexcept : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const noexcept { return number_; }

 private:
  const int number_;
};

Unexpected unreadable(int error) {
  if (error == ENOENT || error == ENOTDIR) {
    return fail(ErrorCode::not_found, "there is no such file", "check the path");
  }
  return fail(ErrorCode::permission_denied, "the file cannot be read", "check its owner and mode");
}

}  // namespace

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

Result<Secret> read_file(const std::string& path, std::size_t limit_bytes) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file.number() < 0) return unreadable(errno);
  struct stat about {};
  if (::fstat(file.number(), &about) != 0) return unreadable(errno);
  // A character device such as /dev/null stands for an empty file in many a script.
  if (!S_ISREG(about.st_mode) && !S_ISCHR(about.st_mode)) {
    return fail(ErrorCode::invalid_argument, "what the path names is no file",
                "name a regular file");
  }
  std::string bytes(limit_bytes + 1, '\0');
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t got = ::read(file.number(), bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unreadable(errno);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > limit_bytes) {
    wipe(bytes.data(), bytes.size());
    return fail(ErrorCode::resource_exhausted,
                "the file has more than " + std::to_string(limit_bytes) + " bytes",
                "check that it is the right one");
  }
  Secret content(std::string_view(bytes).substr(0, size));
  wipe(bytes.data(), size);
  return content;
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
