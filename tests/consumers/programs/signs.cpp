// SPDX-License-Identifier: Apache-2.0
// The smallest use of aloft::aws: a request is signed, so that OpenSSL is linked and asked.
#include <aloft/aws/signing.hpp>

#include <chrono>
#include <iostream>

int main() {
  using namespace aloft;
  const auto signer = aws::Signer::create({.region = "us-east-1", .service = "service"});
  if (!signer) {
    std::cerr << signer.error().to_string() << '\n';
    return 1;
  }
  const aws::Credentials who{
      .access_key_id = "AKIDEXAMPLE",
      .secret_access_key = aws::Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")};
  http_client::ClientRequest request{.url = "https://example.amazonaws.com/"};

  const auto ok = signer->sign(request, who, WallTime(std::chrono::seconds(1'440'938'160)));

  // "get-vanilla" of AWS's test suite.
  const auto field = request.headers.get("authorization").value_or("");
  std::cout << field << '\n';
  constexpr std::string_view kEnd =
      "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
  return ok && field.size() > kEnd.size() && field.substr(field.size() - kEnd.size()) == kEnd ? 0
                                                                                              : 1;
}
