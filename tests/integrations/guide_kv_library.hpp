// SPDX-License-Identifier: Apache-2.0
// A library that does not exist, for the end of docs/guides/trace-your-own-libraries.md: a client
// of a store of keys and values, as many are.
#pragma once

#include <map>
#include <string>
#include <string_view>

enum KvCode { KV_OK, KV_NOT_FOUND, KV_BUSY, KV_TIMEOUT };

struct KvClient {
  std::string cluster;
  KvCode next = KV_OK;  // what it will answer
};

struct KvRequest {
  std::string_view key;
  std::map<std::string, std::string> headers;
};

inline KvCode kv_send(KvClient& client, const KvRequest&, std::string& value) {
  if (client.next == KV_OK) value = "secret value";
  return client.next;
}

inline const char* kv_text(KvCode code) { return code == KV_TIMEOUT ? "timeout" : "busy"; }
