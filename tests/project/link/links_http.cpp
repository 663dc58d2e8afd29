// SPDX-License-Identifier: Apache-2.0
// The least program that uses the room http.
#include <aloft/http/router.hpp>

int main() {
  aloft::http::Router router;
  return router.check() ? 0 : 1;
}
