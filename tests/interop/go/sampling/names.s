// SPDX-License-Identifier: Apache-2.0
// Empty: with it, functions of Go may have their bodies elsewhere.
