// SPDX-License-Identifier: Apache-2.0
// How much the console takes in while its page is being read.
//
//   console_intake CONSOLE [--rate 10000] [--seconds 60] [--gate]
//
// Starts CONSOLE (the program aloft-console) on free ports, sends segments at a steady rate, three
// a trace as three services would, and meanwhile asks for the overview and the list, one after the
// other, every 100 ms. Printed are what was sent and what became of it, the times of the answers
// and the console's CPU. With --gate it fails unless every datagram is accounted for, nothing was
// rejected, and 99 of 100 answers came within 200 ms.
//
// Not measured: other machines, a store in a file, more than one page.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

extern char** environ;

namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::microseconds;
using std::chrono::milliseconds;

struct Options {
  const char* console = nullptr;
  unsigned rate = 10'000;
  unsigned seconds = 60;
  bool gate = false;
};

struct Console {
  pid_t process = -1;
  std::uint16_t http = 0;
  std::uint16_t xray = 0;
};

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "console_intake: %s\n", what);
  std::exit(2);
}

std::uint16_t port_behind(const std::string& line, const char* part) {
  const std::size_t at = line.find(part);
  if (at == std::string::npos) die("the console is not ready");
  return static_cast<std::uint16_t>(std::atoi(line.c_str() + at + std::string_view(part).size()));
}

Console start(const char* program) {
  int pipe_ends[2];
  if (pipe(pipe_ends) != 0) die("no pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addclose(&actions, pipe_ends[0]);
  std::string arguments[] = {program, "--http", "127.0.0.1:0", "--xray", "127.0.0.1:0"};
  std::vector<char*> values;
  for (std::string& argument : arguments) values.push_back(argument.data());
  values.push_back(nullptr);
  Console console;
  if (posix_spawn(&console.process, program, &actions, nullptr, values.data(), environ) != 0) {
    die("the console cannot be started");
  }
  posix_spawn_file_actions_destroy(&actions);
  close(pipe_ends[1]);
  std::string line;
  char c = 0;
  while (read(pipe_ends[0], &c, 1) == 1 && c != '\n') line += c;
  console.http = port_behind(line, "console http://127.0.0.1:");
  console.xray = port_behind(line, "xray 127.0.0.1:");
  return console;
}

int connected(int type, std::uint16_t port) {
  const int out = socket(AF_INET, type | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(out, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    die("cannot connect");
  }
  const int one = 1;
  if (type == SOCK_STREAM) setsockopt(out, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return out;
}

// The body of the answer to one GET; empty when the connection broke.
std::string get(int connection, std::string_view target) {
  std::string request = "GET ";
  request.append(target).append(" HTTP/1.1\r\nhost: localhost\r\n\r\n");
  if (send(connection, request.data(), request.size(), MSG_NOSIGNAL) < 0) return {};
  std::string in;
  std::array<char, 65536> some{};
  for (;;) {
    const ssize_t count = recv(connection, some.data(), some.size(), 0);
    if (count <= 0) return {};
    in.append(some.data(), static_cast<std::size_t>(count));
    const std::size_t head = in.find("\r\n\r\n");
    const std::size_t length = in.find("content-length: ");
    if (head == std::string::npos || length == std::string::npos) continue;
    const std::size_t body = std::strtoull(in.c_str() + length + 16, nullptr, 10);
    if (in.size() >= head + 4 + body) return in.substr(head + 4);
  }
}

std::uint64_t number_in(const std::string& json, const std::string& name) {
  const std::size_t at = json.find("\"" + name + "\":");
  return at == std::string::npos ? 0
                                 : std::strtoull(json.c_str() + at + name.size() + 3, nullptr, 10);
}

std::uint64_t rejected_in(const std::string& status) {
  std::size_t at = status.find("\"rejected\":{");
  if (at == std::string::npos) return 0;
  const std::size_t end = status.find('}', at);
  std::uint64_t sum = 0;
  for (at = status.find(':', at + 12); at < end; at = status.find(':', at + 1)) {
    sum += std::strtoull(status.c_str() + at + 1, nullptr, 10);
  }
  return sum;
}

/// Three services of one charge, the second of every hundred failing in `fraud`.
std::string datagram(std::uint64_t number) {
  const std::uint64_t trace = number / 3;
  const auto now =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  const bool fails = trace % 100 == 1;
  const char* fault = fails ? ",\"fault\":true" : "";
  char text[2048];
  char head[256];
  const char* names[] = {"payments", "fraud", "ledger"};
  const auto which = static_cast<unsigned>(number % 3);
  std::snprintf(head, sizeof head,
                "{\"format\":\"json\",\"version\":1}\n{\"name\":\"%s\",\"trace_id\":\"1-%08llx-"
                "%024llx\",\"start_time\":%.6f,\"end_time\":%.6f",
                names[which], static_cast<unsigned long long>(now),
                static_cast<unsigned long long>(trace), now - 0.012, now);
  const char* tenants[] = {"acme", "globex", "initech"};
  int size = 0;
  if (which == 0) {
    size = std::snprintf(
        text, sizeof text,
        "%s,\"id\":\"00000000000000a1\"%s,\"http\":{\"request\":{\"method\":\"POST\",\"url\":"
        "\"http://127.0.0.1:8080/v1/charges\",\"user_agent\":\"load\"},\"response\":{\"status\":%d}"
        "},\"annotations\":{\"tenant_id\":\"%s\",\"request_id\":\"r-%llu\",\"amount_minor\":4200},"
        "\"subsegments\":[{\"name\":\"fraud\",\"namespace\":\"remote\",\"id\":\"00000000000000a2\","
        "\"start_time\":%.6f,\"end_time\":%.6f%s},{\"name\":\"ledger\",\"namespace\":\"remote\","
        "\"id\":\"00000000000000a3\",\"start_time\":%.6f,\"end_time\":%.6f}]}",
        head, fault, fails ? 503 : 201, tenants[trace % 3], static_cast<unsigned long long>(trace),
        now - 0.011, now - 0.006, fault, now - 0.005, now - 0.001);
  } else if (which == 1) {
    size = std::snprintf(text, sizeof text,
                         "%s,\"id\":\"00000000000000b1\",\"parent_id\":\"00000000000000a2\"%s,"
                         "\"annotations\":{\"score\":0.25,\"model\":\"2026-11\"}}",
                         head, fault);
  } else {
    size = std::snprintf(
        text, sizeof text,
        "%s,\"id\":\"00000000000000c1\",\"parent_id\":\"00000000000000a3\",\"subsegments\":[{"
        "\"name\":\"ledger.db\",\"id\":\"00000000000000c2\",\"start_time\":%.6f,\"end_time\":%.6f,"
        "\"sql\":{\"sanitized_query\":\"INSERT INTO entry VALUES (?, ?, ?)\"}}]}",
        head, now - 0.004, now - 0.002);
  }
  return {text, static_cast<std::size_t>(size)};
}

std::uint64_t send_all(const Options& options, int udp) {
  const std::uint64_t total = std::uint64_t{options.rate} * options.seconds;
  const auto begin = Steady::now();
  std::uint64_t sent = 0;
  while (sent < total) {
    const auto passed = std::chrono::duration_cast<microseconds>(Steady::now() - begin).count();
    const std::uint64_t due = std::min<std::uint64_t>(
        total, static_cast<std::uint64_t>(passed) * options.rate / 1'000'000);
    for (; sent < due; ++sent) {
      const std::string one = datagram(sent);
      if (send(udp, one.data(), one.size(), 0) < 0) die("the kernel takes no more datagrams");
    }
    std::this_thread::sleep_for(milliseconds(1));
  }
  return sent;
}

double seconds_at(std::vector<double>& times, double share) {
  if (times.empty()) return 0;
  std::sort(times.begin(), times.end());
  const auto at = static_cast<std::size_t>(static_cast<double>(times.size() - 1) * share);
  return times[at];
}

struct Answers {
  std::vector<double> overview;
  std::vector<double> traces;
};

void ask(std::uint16_t port, const std::atomic<bool>& stop, Answers& out) {
  const int connection = connected(SOCK_STREAM, port);
  bool overview = true;
  while (!stop) {
    const auto begin = Steady::now();
    const std::string body = get(connection, overview ? "/api/overview" : "/api/traces?limit=100");
    if (body.empty()) die("the console does not answer");
    const double took = std::chrono::duration<double>(Steady::now() - begin).count();
    (overview ? out.overview : out.traces).push_back(took);
    overview = !overview;
    std::this_thread::sleep_until(begin + milliseconds(100));
  }
  close(connection);
}

std::string settled_status(std::uint16_t port) {
  const int connection = connected(SOCK_STREAM, port);
  std::string status;
  for (int i = 0; i < 600; ++i) {
    status = get(connection, "/api/status");
    if (number_in(status, "queued") == 0) break;
    std::this_thread::sleep_for(milliseconds(50));
  }
  close(connection);
  return status;
}

double stop(const Console& console) {
  kill(console.process, SIGTERM);
  int status = 0;
  rusage used{};
  wait4(console.process, &status, 0, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

Options parse(int count, char** values) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = values[i];
    if (argument == "--gate") {
      options.gate = true;
    } else if (argument == "--rate" && i + 1 < count) {
      options.rate = static_cast<unsigned>(std::atoi(values[++i]));
    } else if (argument == "--seconds" && i + 1 < count) {
      options.seconds = static_cast<unsigned>(std::atoi(values[++i]));
    } else {
      options.console = values[i];
    }
  }
  if (options.console == nullptr || options.rate == 0 || options.seconds == 0) {
    die("usage: console_intake CONSOLE [--rate N] [--seconds N] [--gate]");
  }
  return options;
}

}  // namespace

int main(int count, char** values) {
  const Options options = parse(count, values);
  const Console console = start(options.console);
  const int udp = connected(SOCK_DGRAM, console.xray);
  std::atomic<bool> stopping{false};
  Answers answers;
  std::thread reader([&] { ask(console.http, stopping, answers); });
  const auto begin = Steady::now();
  const std::uint64_t sent = send_all(options, udp);
  const double took = std::chrono::duration<double>(Steady::now() - begin).count();
  stopping = true;
  reader.join();
  const std::string status = settled_status(console.http);
  const double cpu = stop(console);

  const std::uint64_t received = number_in(status, "datagrams");
  const std::uint64_t stored = number_in(status, "documents");
  const std::uint64_t dropped = number_in(status, "kernel_dropped");
  const std::uint64_t rejected = rejected_in(status) + number_in(status, "duplicates");
  const double overview_p99 = seconds_at(answers.overview, 0.99);
  const double traces_p99 = seconds_at(answers.traces, 0.99);
  std::printf(
      "sent %llu in %.1f s (%.0f/s), received %llu, stored %llu, kernel_dropped %llu, "
      "rejected or duplicate %llu, evicted traces %llu\n",
      static_cast<unsigned long long>(sent), took, static_cast<double>(sent) / took,
      static_cast<unsigned long long>(received), static_cast<unsigned long long>(stored),
      static_cast<unsigned long long>(dropped), static_cast<unsigned long long>(rejected),
      static_cast<unsigned long long>(number_in(status, "evicted_traces")));
  std::printf("GET /api/overview: p50 %.1f ms, p99 %.1f ms, max %.1f ms (%zu)\n",
              seconds_at(answers.overview, 0.5) * 1e3, overview_p99 * 1e3,
              seconds_at(answers.overview, 1) * 1e3, answers.overview.size());
  std::printf("GET /api/traces: p50 %.1f ms, p99 %.1f ms, max %.1f ms (%zu)\n",
              seconds_at(answers.traces, 0.5) * 1e3, traces_p99 * 1e3,
              seconds_at(answers.traces, 1) * 1e3, answers.traces.size());
  std::printf("console CPU %.2f s, %.0f %% of one core\n", cpu, cpu / took * 100);
  const bool accounted = sent == received + dropped && received == stored + rejected;
  if (rejected != 0) std::printf("%s\n", status.c_str());
  if (!accounted) std::printf("FAILED: not every datagram is accounted for\n");
  const bool swift = overview_p99 < 0.2 && traces_p99 < 0.2;
  if (!swift) std::printf("FAILED: the page waited longer than 200 ms\n");
  return options.gate && !(accounted && swift && rejected == 0) ? 1 : 0;
}
