// SPDX-License-Identifier: Apache-2.0
#include "aws/error_codes.hpp"

#include <algorithm>
#include <array>

namespace aloft {
inline namespace v0 {
namespace aws {
namespace {

using delivery::Failure;

// Source: botocore's retries/standard.py (throttling and transient codes), the "Common errors" page
// of the API references of X-Ray, CloudWatch Logs, CloudWatch, DynamoDB and STS, read 2026-11.
constexpr std::array<ErrorCodeRow, 60> kCodes = {{
    {"BandwidthLimitExceeded", Failure::throttled},
    {"EC2ThrottledException", Failure::throttled},
    {"LimitExceededException", Failure::throttled},
    {"ProvisionedThroughputExceededException", Failure::throttled},
    {"RequestLimitExceeded", Failure::throttled},
    {"RequestThrottled", Failure::throttled},
    {"RequestThrottledException", Failure::throttled},
    {"SlowDown", Failure::throttled},
    {"ThrottledException", Failure::throttled},
    {"Throttling", Failure::throttled},
    {"ThrottlingException", Failure::throttled},
    {"TooManyRequestsException", Failure::throttled},
    {"TransactionInProgressException", Failure::throttled},

    {"InternalError", Failure::transient},
    {"InternalFailure", Failure::transient},
    {"InternalServerError", Failure::transient},
    {"InternalServiceError", Failure::transient},
    {"InternalServiceFault", Failure::transient},
    {"InvalidSequenceTokenException", Failure::transient},
    {"OperationAbortedException", Failure::transient},
    {"PriorRequestNotComplete", Failure::transient},
    {"RequestTimeout", Failure::transient},
    {"RequestTimeoutException", Failure::transient},
    {"ServiceUnavailable", Failure::transient},
    {"ServiceUnavailableException", Failure::transient},

    {"AccessDenied", Failure::unauthorized},
    {"AccessDeniedException", Failure::unauthorized},
    {"AuthFailure", Failure::unauthorized},
    {"ExpiredToken", Failure::unauthorized, true},
    {"ExpiredTokenException", Failure::unauthorized, true},
    {"IDPCommunicationError", Failure::transient},
    {"IDPRejectedClaim", Failure::unauthorized},
    {"IncompleteSignature", Failure::unauthorized},
    {"IncompleteSignatureException", Failure::unauthorized},
    {"InvalidClientTokenId", Failure::unauthorized, true},
    {"InvalidIdentityToken", Failure::unauthorized},
    {"InvalidSignatureException", Failure::unauthorized},
    {"MissingAuthenticationToken", Failure::unauthorized},
    {"MissingAuthenticationTokenException", Failure::unauthorized},
    {"NotAuthorized", Failure::unauthorized},
    {"OptInRequired", Failure::unauthorized},
    {"RequestExpired", Failure::unauthorized},
    {"RequestInTheFuture", Failure::unauthorized},
    {"RequestTimeTooSkewed", Failure::unauthorized},
    {"SignatureDoesNotMatch", Failure::unauthorized},
    {"UnauthorizedException", Failure::unauthorized, true},
    {"UnrecognizedClientException", Failure::unauthorized, true},

    {"ResourceNotFoundException", Failure::missing},

    {"InvalidParameterException", Failure::poison},
    {"InvalidParameterCombination", Failure::poison},
    {"InvalidParameterValue", Failure::poison},
    {"InvalidRequestException", Failure::poison},
    {"MissingParameter", Failure::poison},
    {"RequestEntityTooLargeException", Failure::poison},
    {"SerializationException", Failure::poison},
    {"ValidationError", Failure::poison},
    {"ValidationException", Failure::poison},

    {"DataAlreadyAcceptedException", Failure::final},
    {"ResourceAlreadyExistsException", Failure::final},
    {"UnknownOperationException", Failure::final},
}};

Failure by_status(int status) noexcept {
  switch (status) {
    case 401:
    case 403:
      return Failure::unauthorized;
    case 408:
      return Failure::transient;
    case 429:
      return Failure::throttled;
    case 400:
    case 413:
    case 422:
      return Failure::poison;
    default:
      return status >= 500 && status != 501 && status != 505 ? Failure::transient : Failure::final;
  }
}

}  // namespace

const ErrorCodeRow* find_error_code(std::string_view code) noexcept {
  const auto found = std::find_if(kCodes.begin(), kCodes.end(),
                                  [&](const ErrorCodeRow& row) { return row.code == code; });
  return found == kCodes.end() ? nullptr : &*found;
}

std::string_view bare_code(std::string_view code) noexcept {
  const std::size_t hash = code.find('#');
  if (hash != std::string_view::npos) code.remove_prefix(hash + 1);
  return code.substr(0, code.find(':'));
}

std::string named_code(std::string_view code, int status) {
  const ErrorCodeRow* const row = find_error_code(code);
  const std::string number = "status " + std::to_string(status);
  return row != nullptr ? std::string(row->code) + " (" + number + ")" : number;
}

delivery::Failure failure_of(std::string_view code, int status) noexcept {
  const ErrorCodeRow* const row = find_error_code(code);
  return row != nullptr ? row->failure : by_status(status);
}

}  // namespace aws
}  // namespace v0
}  // namespace aloft
