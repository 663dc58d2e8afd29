// SPDX-License-Identifier: Apache-2.0
// The least program that uses the room core.
#include <aloft/core/platform.hpp>

int main() { return aloft::Platform::system().clock.now().wall.time_since_epoch().count() == 0; }
