// SPDX-License-Identifier: Apache-2.0
#include "aws/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <optional>
#include <utility>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

/// How often an end without output is looked for; nobody waits for it in the usual case.
constexpr int kPollMilliseconds = 10;

bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

Unexpected bad_command(std::string_view why) {
  return fail(ErrorCode::invalid_argument, "the command of credential_process " + std::string(why),
              "write program and arguments, with quotes around what has blanks");
}

/// The program, its pipe and what is to be done with both at the end.
class Child {
 public:
  Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (output_ >= 0) ::close(output_);
    if (process_ > 0) {
      ::kill(-process_, SIGKILL);
      wait(0);
    }
  }

  Result<void> start(const std::vector<std::string>& words) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return no_process();
    output_ = ends[0];
    // Our end alone: few programs expect that a write does not take everything.
    ::fcntl(output_, F_SETFL, O_RDONLY | O_NONBLOCK);
    const int error = spawn(words, ends[1]);
    ::close(ends[1]);
    if (error == 0) return {};
    process_ = -1;
    if (error == ENOENT || error == EACCES) {
      return fail(ErrorCode::not_found, "the program of credential_process cannot be started",
                  "check its path and mode");
    }
    return no_process();
  }
  int output() const noexcept { return output_; }
  /// The exit code, or nothing while it runs. When the host ignores SIGCHLD, nobody can know it,
  /// and its output decides.
  std::optional<int> ended() { return wait(WNOHANG); }

 private:
  static Unexpected no_process() {
    return fail(ErrorCode::resource_exhausted, "the system has no process or descriptor left",
                "raise the limits of the process");
  }
  int spawn(const std::vector<std::string>& words, int output) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, 1);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
#if defined(__GLIBC__) && (__GLIBC__ > 2 || (__GLIBC__ == 2 && __GLIBC_MINOR__ >= 34))
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
#endif
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    sigset_t usual;
    sigemptyset(&usual);
    for (const int signal : {SIGPIPE, SIGTERM, SIGINT, SIGHUP, SIGCHLD}) sigaddset(&usual, signal);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    std::vector<std::string> copies = words;
    std::vector<char*> arguments;
    for (std::string& word : copies) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const int error =
        ::posix_spawnp(&process_, arguments[0], &actions, &attributes, arguments.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
  }
  std::optional<int> wait(int options) {
    int status = 0;
    pid_t got;
    do {
      got = ::waitpid(process_, &status, options);
    } while (got < 0 && errno == EINTR);
    if (got == 0) return std::nullopt;
    const bool known = got == process_;
    process_ = -1;
    if (!known) return 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  pid_t process_ = -1;
  int output_ = -1;
};

/// How long the program may go on.
struct Patience {
  Deadline deadline;
  const Clock& clock;
  const std::atomic<bool>& cancelled;

  Result<void> check() const {
    if (cancelled) {
      return fail(ErrorCode::cancelled, "nobody waits for credential_process any more",
                  "keep what asks for credentials while they are needed");
    }
    if (!deadline.passed(clock.steady_now())) return {};
    return fail(ErrorCode::deadline_exceeded, "credential_process did not end in time",
                "see why it is slow; CredentialsChainOptions::process_timeout is its limit");
  }
  /// Until the next `check`.
  int milliseconds() const {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline.left(clock.steady_now()));
    constexpr std::chrono::milliseconds kMost{50};
    return static_cast<int>(std::min(left, kMost).count());
  }
};

enum class Reading { more, end, failed };

Reading read_some(int from, std::string& into, std::size_t& size) {
  const ssize_t got = ::read(from, into.data() + size, into.size() - size);
  if (got > 0) size += static_cast<std::size_t>(got);
  if (got == 0) return Reading::end;
  if (got < 0 && errno != EAGAIN && errno != EINTR) return Reading::failed;
  return Reading::more;
}

/// Everything up to the end of its output; `bytes` has one byte more than is allowed.
Result<void> read_output(const Child& child, std::string& bytes, std::size_t& size,
                         const Patience& patience) {
  while (size < bytes.size()) {
    if (Result<void> ok = patience.check(); !ok) return ok;
    pollfd one{child.output(), POLLIN, 0};
    if (::poll(&one, 1, patience.milliseconds()) <= 0) continue;
    const Reading reading = read_some(child.output(), bytes, size);
    if (reading == Reading::end) return {};
    if (reading == Reading::failed) {
      return fail(ErrorCode::unavailable, "the output of credential_process cannot be read",
                  "run it by hand and see");
    }
  }
  return fail(ErrorCode::resource_exhausted,
              "credential_process wrote more than " + std::to_string(bytes.size() - 1) + " bytes",
              "let it write the credentials as JSON and nothing else");
}

Result<void> wait_for_end(Child& child, const Patience& patience) {
  while (true) {
    if (const std::optional<int> code = child.ended()) {
      if (*code == 0) return {};
      return fail(ErrorCode::unavailable,
                  "credential_process ended with code " + std::to_string(*code),
                  "run it by hand and see");
    }
    if (Result<void> ok = patience.check(); !ok) return ok;
    ::poll(nullptr, 0, kPollMilliseconds);
  }
}

}  // namespace

Result<std::vector<std::string>> split_command(std::string_view command) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = '\0';
  for (std::size_t i = 0; i < command.size(); ++i) {
    const char c = command[i];
    if (c == '\0') return bad_command("has a NUL");
    const bool escapes =
        c == '\\' && (quote == '\0' || (quote == '"' && i + 1 < command.size() &&
                                        (command[i + 1] == '"' || command[i + 1] == '\\')));
    if (escapes) {
      if (++i == command.size()) return bad_command("ends with a backslash");
      word += command[i];
      in_word = true;
    } else if (quote != '\0') {
      if (c == quote) {
        quote = '\0';
      } else {
        word += c;
      }
    } else if (c == '\'' || c == '"') {
      quote = c;
      in_word = true;
    } else if (!is_blank(c)) {
      word += c;
      in_word = true;
    } else if (in_word) {
      words.push_back(std::exchange(word, {}));
      in_word = false;
    }
    if (words.size() >= kMaxCommandWords) return bad_command("has too many words");
  }
  if (quote != '\0') return bad_command("has an open quote");
  if (in_word) words.push_back(std::move(word));
  if (words.empty() || words.front().empty()) return bad_command("is empty");
  return words;
}

Result<Secret> run_process(const std::vector<std::string>& words, std::size_t limit_bytes,
                           Deadline deadline, const Clock& clock,
                           const std::atomic<bool>& cancelled) {
  const Patience patience{deadline, clock, cancelled};
  Child child;
  if (Result<void> ok = child.start(words); !ok) return unexpected(ok.error());
  std::string bytes(limit_bytes + 1, '\0');
  std::size_t size = 0;
  Result<void> ok = read_output(child, bytes, size, patience);
  if (ok) ok = wait_for_end(child, patience);
  Secret output(ok ? std::string_view(bytes).substr(0, size) : std::string_view());
  wipe(bytes.data(), bytes.size());
  if (!ok) return unexpected(ok.error());
  return output;
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
