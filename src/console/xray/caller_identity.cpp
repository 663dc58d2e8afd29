// SPDX-License-Identifier: Apache-2.0
// STS GetCallerIdentity, the first thing that every tool and every tutorial runs.
#include "console/xray/operations.hpp"

#include <aloft/http/target.hpp>

#include <string>
#include <utility>

namespace aloft::console::xray {
namespace {

using http::Response;

constexpr std::string_view kRequestId = "00000000-0000-0000-0000-000000000000";

Response xml(int status, std::string body) {
  return Response::content(status, "text/xml", std::move(body));
}

}  // namespace

Response sts_error(int status, std::string_view code, std::string_view message) {
  std::string out =
      "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>"
      "<Type>Sender</Type><Code>";
  out.append(code).append("</Code><Message>").append(message);
  out.append("</Message></Error><RequestId>").append(kRequestId);
  out.append("</RequestId></ErrorResponse>");
  return xml(status, std::move(out));
}

Response answer_sts(const Signer& signer, std::string_view form) {
  const auto fields = http::Query::parse(form);
  if (!fields || fields->get("Action") != "GetCallerIdentity") {
    return sts_error(400, "InvalidAction", "of STS, aloft-console knows only GetCallerIdentity");
  }
  // The region tells which partition a client believes in.
  const std::string_view partition = partition_of(signer.region);
  std::string out =
      "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
      "<GetCallerIdentityResult><Arn>arn:";
  out.append(partition).append(":iam::").append(kAccount).append(":root</Arn><UserId>");
  out.append(kAccount).append("</UserId><Account>").append(kAccount);
  out.append("</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>");
  out.append(kRequestId).append("</RequestId></ResponseMetadata></GetCallerIdentityResponse>");
  return xml(200, std::move(out));
}

}  // namespace aloft::console::xray
