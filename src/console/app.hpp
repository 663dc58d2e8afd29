// SPDX-License-Identifier: Apache-2.0
// The whole console in one object: store, intake, event stream, two ports or three.
//
//   auto app = App::create(options, Platform::system());
//   if (!app) …                         // e.g. a port is taken: says which, and what to do
//   if (auto started = (*app)->start(); !started) …
//   puts((*app)->ready_line());
//   … (*app)->stop();                   // within five seconds
//
// Thread-safety: the owner's thread only.
#pragma once

#include "console/options.hpp"

#include <aloft/core/platform.hpp>
#include <aloft/core/result.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace aloft::console {

class App {
 public:
  /// Opens the store and binds the ports; nothing is received yet.
  /// @error  as `Store::create`, `UdpSocket::bind` and `http_server::Server::create`.
  static Result<std::unique_ptr<App>> create(AppOptions options, Platform platform);
  /// As `stop`.
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  Result<void> start();
  /// Takes no more datagrams, stores what has come, ends the streams, closes the ports. Idempotent.
  void stop();

  /// "aloft-console ready: console http://127.0.0.1:8000 xray 127.0.0.1:2000 (udp, tcp)".
  std::string ready_line() const;
  std::uint16_t http_port() const noexcept;
  std::uint16_t xray_port() const noexcept;
  /// 0 unless OTLP has a port of its own.
  std::uint16_t otlp_port() const noexcept;

 private:
  struct Parts;
  explicit App(std::unique_ptr<Parts> parts) noexcept;
  std::unique_ptr<Parts> parts_;
};

}  // namespace aloft::console
