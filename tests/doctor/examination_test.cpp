// SPDX-License-Identifier: Apache-2.0
// Each thing that can be wrong, made wrong alone: the doctor names it, says what to do, and exits
// with its code.
#include "doctor/examination.hpp"

#include <aloft/http/request.hpp>
#include <aloft/http/response.hpp>
#include <aloft/http_server/server.hpp>
#include <aloft/testing_http/fake_aws.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace aloft::doctor {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Variables = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view kSecret = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY";

/// An endpoint of AWS's that answers as it is told.
class Endpoint {
 public:
  struct Answer {
    int status = 200;
    std::string error{};
  };
  explicit Endpoint(Answer answer) {
    http::Handler handler = [answer](http::Context&, const http::Request& request) {
      const bool rules = request.path() == "/GetSamplingRules";
      http::Response response = http::Response::json(
          answer.status, rules ? R"({"SamplingRuleRecords":[]})" : R"({"Message":"no"})");
      if (!answer.error.empty()) response.headers.try_set("x-amzn-errortype", answer.error);
      return response;
    };
    server_.emplace(*http_server::Server::create({.port = 0}, std::move(handler)));
    static_cast<void>(server_->start());
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }

 private:
  std::optional<http_server::Server> server_;
};

/// A UDP port; open while this lives, and closed for sure with `closed`.
class UdpPort {
 public:
  explicit UdpPort(bool closed = false) {
    socket_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    void* const generic = &address;
    socklen_t size = sizeof address;
    static_cast<void>(::bind(socket_, static_cast<sockaddr*>(generic), size));
    ::getsockname(socket_, static_cast<sockaddr*>(generic), &size);
    port_ = ntohs(address.sin_port);
    if (closed) ::close(std::exchange(socket_, -1));
  }
  UdpPort(const UdpPort&) = delete;
  UdpPort& operator=(const UdpPort&) = delete;
  ~UdpPort() {
    if (socket_ >= 0) ::close(socket_);
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  int socket_ = -1;
  int port_ = 0;
};

class Doctor : public ::testing::Test {
 protected:
  /// Variables of a service that is set up well, sending to `endpoint`.
  static Variables well(const std::string& endpoint) {
    return {{"HOME", "/nowhere"},
            {"ALOFT_TRACES_EXPORTER", "xray"},
            {"AWS_EC2_METADATA_DISABLED", "true"},
            {"AWS_REGION", "eu-west-1"},
            {"AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"},
            {"AWS_SECRET_ACCESS_KEY", std::string(kSecret)},
            {"AWS_ENDPOINT_URL_XRAY", endpoint}};
  }
  static Variables without(Variables variables, std::string_view name) {
    std::erase_if(variables, [&](const auto& one) { return one.first == name; });
    return variables;
  }
  static Variables with(Variables variables, std::string name, std::string value) {
    variables = without(std::move(variables), name);
    variables.emplace_back(std::move(name), std::move(value));
    return variables;
  }
  Verdict examine(const Variables& variables, aws::CredentialsChainOptions credentials = {}) {
    const Report report =
        doctor::examine({.service_name = "payments", .credentials = std::move(credentials)},
                        Environment::of(variables), Platform::system());
    text_ = report.text();
    EXPECT_THAT(text_, Not(HasSubstr(std::string(kSecret))));
    return report.verdict();
  }
  /// The exit code of the program itself.
  static int exit_code(const Variables& variables, const std::string& flags = {}) {
    std::string command = "env -i PATH=/usr/bin:/bin ";
    for (const auto& [name, value] : variables)
      command.append(name).append("='").append(value).append("' ");
    const int status =
        std::system((command + ALOFT_DOCTOR + " " + flags + " >/dev/null 2>&1").c_str());
    return WEXITSTATUS(status);
  }

  std::string text_;
};

TEST_F(Doctor, FindsNothingWrongWhereNothingIs) {
  const Endpoint aws({});

  EXPECT_EQ(examine(well(aws.url())), Verdict::well) << text_;
  EXPECT_THAT(text_, HasSubstr("ok    region       eu-west-1"));
  EXPECT_THAT(text_, HasSubstr("ok    credentials  key ...MPLE of environment"));
  EXPECT_THAT(text_, HasSubstr("ok    permission   xray:PutTraceSegments"));
  EXPECT_EQ(exit_code(well(aws.url())), 0);
}

TEST_F(Doctor, TakesARefusalOfTheEmptyListForAPermission) {
  const Endpoint aws({.status = 400, .error = "InvalidRequestException"});

  EXPECT_EQ(examine(well(aws.url())), Verdict::well) << text_;
}

TEST_F(Doctor, SaysWhenTheProfileIsNotThere) {
  const Variables variables = with(well("http://127.0.0.1:1"), "AWS_PROFILE", "nobodys");

  EXPECT_EQ(examine(variables), Verdict::bad_settings) << text_;
  EXPECT_EQ(exit_code(variables), 10);
}

TEST_F(Doctor, SaysWhenTheWireIsNoWord) {
  EXPECT_EQ(examine(with(well("http://127.0.0.1:1"), "ALOFT_TRACES_EXPORTER", "fax")),
            Verdict::bad_settings)
      << text_;
  EXPECT_THAT(text_, HasSubstr("do: use auto, xray-daemon, xray, otlp"));
}

TEST_F(Doctor, SaysWhenThereIsNoRegion) {
  const Variables variables = without(well("http://127.0.0.1:1"), "AWS_REGION");

  EXPECT_EQ(examine(variables), Verdict::no_region) << text_;
  EXPECT_EQ(exit_code(variables), 11);
}

TEST_F(Doctor, SaysWhenThereAreNoCredentials) {
  const Variables variables = without(well("http://127.0.0.1:1"), "AWS_ACCESS_KEY_ID");

  EXPECT_EQ(examine(without(variables, "AWS_SECRET_ACCESS_KEY")), Verdict::no_credentials) << text_;
  EXPECT_EQ(exit_code(without(variables, "AWS_SECRET_ACCESS_KEY")), 12);
}

TEST_F(Doctor, TakesAMachineThatIsNoInstanceForOneWithoutCredentials) {
  Variables variables = without(well("http://127.0.0.1:1"), "AWS_ACCESS_KEY_ID");
  variables = without(without(variables, "AWS_SECRET_ACCESS_KEY"), "AWS_EC2_METADATA_DISABLED");
  // An address that no network has but that of an instance with IPv6.
  variables = with(variables, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ipv6");
  const auto elsewhere = [](const std::string& vendor_file) {
    return aws::CredentialsChainOptions{.metadata_timeout = std::chrono::milliseconds(50),
                                        .vendor_file = vendor_file,
                                        .hypervisor_file = "/nowhere"};
  };

  EXPECT_EQ(examine(variables, elsewhere("/nowhere")), Verdict::no_credentials) << text_;
  char name[] = "/tmp/aloft-doctor-XXXXXX";
  const std::string folder = ::mkdtemp(name);
  std::ofstream(folder + "/vendor") << "Amazon EC2\n";
  EXPECT_EQ(examine(variables, elsewhere(folder + "/vendor")), Verdict::broken_credentials)
      << text_;
  std::filesystem::remove_all(folder);
}

TEST_F(Doctor, DoesNotTakeAnotherWiresPermissionForThatOfXrayOtlp) {
  for (const Endpoint::Answer& answer :
       {Endpoint::Answer{}, Endpoint::Answer{.status = 403, .error = "AccessDeniedException"}}) {
    const Endpoint aws(answer);
    EXPECT_EQ(examine(with(well(aws.url()), "ALOFT_TRACES_EXPORTER", "xray-otlp")), Verdict::well)
        << text_;
    EXPECT_THAT(text_, HasSubstr("note  permission   xray:PutTraceSegments is "));
    EXPECT_THAT(text_, Not(HasSubstr("ok    permission")));
  }
}

TEST_F(Doctor, TakesTheRegionFromTheInstanceWhenNothingSaysIt) {
  http::Handler handler = [](http::Context&, const http::Request& request) {
    if (request.path() == "/latest/api/token") return http::Response::text(200, "token");
    return http::Response::json(200, R"({"instanceId":"i-1","region":"eu-west-1"})");
  };
  auto metadata = http_server::Server::create({.port = 0}, std::move(handler));
  ASSERT_TRUE(metadata);
  ASSERT_TRUE(metadata->start());
  const Endpoint aws({});
  Variables variables = without(well(aws.url()), "AWS_REGION");
  variables =
      with(without(variables, "AWS_EC2_METADATA_DISABLED"), "AWS_EC2_METADATA_SERVICE_ENDPOINT",
           "http://127.0.0.1:" + std::to_string(metadata->port()));

  EXPECT_EQ(examine(variables), Verdict::well) << text_;
  EXPECT_THAT(text_, HasSubstr("ok    region       eu-west-1"));
}

TEST_F(Doctor, SaysWhenTheSourceOfCredentialsDoesNotWork) {
  const Variables variables = with(without(well("http://127.0.0.1:1"), "AWS_ACCESS_KEY_ID"),
                                   "AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/role");

  EXPECT_EQ(examine(without(variables, "AWS_SECRET_ACCESS_KEY")), Verdict::broken_credentials)
      << text_;
  EXPECT_EQ(exit_code(without(variables, "AWS_SECRET_ACCESS_KEY")), 13);
}

TEST_F(Doctor, SaysWhenTheEndpointIsNone) {
  EXPECT_EQ(examine(well("not a url")), Verdict::bad_endpoint) << text_;
  EXPECT_EQ(exit_code(well("not a url")), 14);
}

TEST_F(Doctor, SaysWhenTheEndpointCannotBeReached) {
  const std::string nobody = "http://127.0.0.1:1";

  EXPECT_EQ(examine(well(nobody)), Verdict::unreachable) << text_;
  EXPECT_THAT(text_, HasSubstr("com.amazonaws.<region>.xray"));
  EXPECT_EQ(exit_code(well(nobody)), 15);
}

TEST_F(Doctor, SaysWhenTheClockIsWrong) {
  Result<testing::FakeAws> aws = testing::FakeAws::create();
  ASSERT_TRUE(aws);
  aws->skew(std::chrono::minutes(10));

  EXPECT_EQ(examine(well(aws->url())), Verdict::clock_wrong) << text_;
  EXPECT_THAT(text_, HasSubstr(" s behind"));
  EXPECT_EQ(exit_code(well(aws->url())), 16);
}

TEST_F(Doctor, SaysWhenTheCredentialsAreRefused) {
  const Endpoint aws({.status = 403, .error = "UnrecognizedClientException"});

  EXPECT_EQ(examine(well(aws.url())), Verdict::credentials_refused) << text_;
  EXPECT_THAT(text_, HasSubstr("UnrecognizedClientException"));
  EXPECT_EQ(exit_code(well(aws.url())), 17);
}

TEST_F(Doctor, NamesTheMissingAction) {
  const Endpoint aws({.status = 403, .error = "AccessDeniedException"});

  EXPECT_EQ(examine(well(aws.url())), Verdict::not_allowed) << text_;
  EXPECT_THAT(text_, HasSubstr("missing: xray:PutTraceSegments"));
  EXPECT_EQ(exit_code(well(aws.url())), 18);
}

TEST_F(Doctor, SaysWhenTheServiceIsInTrouble) {
  const Endpoint aws({.status = 503, .error = "ServiceUnavailable"});

  EXPECT_EQ(examine(well(aws.url())), Verdict::service_trouble) << text_;
  EXPECT_EQ(exit_code(well(aws.url())), 20);
}

TEST_F(Doctor, SaysWhenNobodyListensAtTheDaemonsAddress) {
  const UdpPort closed(true);
  const UdpPort open;
  const Variables dead = {{"AWS_XRAY_DAEMON_ADDRESS", closed.address()}, {"HOME", "/nowhere"}};

  EXPECT_EQ(examine(dead), Verdict::nobody_listens) << text_;
  EXPECT_THAT(text_, HasSubstr("start aloft-console"));
  EXPECT_EQ(exit_code(dead), 19);
  EXPECT_EQ(examine({{"AWS_XRAY_DAEMON_ADDRESS", open.address()}, {"HOME", "/nowhere"}}),
            Verdict::well)
      << text_;
  EXPECT_THAT(text_, HasSubstr("UDP acknowledges nothing"));
}

TEST_F(Doctor, SaysWhenTheDaemonsAddressIsNone) {
  EXPECT_EQ(examine({{"AWS_XRAY_DAEMON_ADDRESS", "2000"}, {"HOME", "/nowhere"}}),
            Verdict::bad_settings)
      << text_;
}

TEST_F(Doctor, AsksTheCollectorWithAnEmptyRequest) {
  const Endpoint collector({});
  const Endpoint strict({.status = 401});
  const auto otlp = [](const std::string& url) {
    return Variables{{"OTEL_EXPORTER_OTLP_ENDPOINT", url}, {"HOME", "/nowhere"}};
  };

  EXPECT_EQ(examine(otlp(collector.url())), Verdict::well) << text_;
  EXPECT_EQ(examine(otlp(strict.url())), Verdict::credentials_refused) << text_;
  EXPECT_EQ(examine(otlp("http://127.0.0.1:1")), Verdict::nobody_listens) << text_;
  EXPECT_EQ(examine(with(otlp(collector.url()), "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")),
            Verdict::bad_settings)
      << text_;
}

TEST_F(Doctor, RefusesAFolderThatOthersMayWriteTo) {
  char name[] = "/tmp/aloft-doctor-XXXXXX";
  const std::string folder = ::mkdtemp(name);
  const Endpoint aws({});
  const Variables variables = with(well(aws.url()), "ALOFT_KEEP_ON_DISK", folder);

  EXPECT_EQ(examine(variables), Verdict::well) << text_;
  ::chmod(folder.c_str(), 0777);
  EXPECT_EQ(examine(variables), Verdict::bad_folder) << text_;
  EXPECT_EQ(exit_code(variables), 21);
  std::filesystem::remove_all(folder);
}

TEST_F(Doctor, JudgesTheFileOfSamplingRules) {
  char name[] = "/tmp/aloft-doctor-XXXXXX";
  const std::string folder = ::mkdtemp(name);
  const std::string file = folder + "/rules.json";
  const Endpoint aws({});
  const Variables variables = with(well(aws.url()), "ALOFT_SAMPLING_RULES", file);

  std::ofstream(file) << R"({"version":2,"default":{"fixed_target":1,"rate":0.05}})";
  EXPECT_EQ(examine(variables), Verdict::well) << text_;
  EXPECT_THAT(text_, HasSubstr("ok    sampling     ALOFT_SAMPLING_RULES has 1 rules"));
  std::ofstream(file) << R"({"version":2})";
  EXPECT_EQ(examine(variables), Verdict::bad_settings);
  EXPECT_THAT(text_, HasSubstr("ALOFT_SAMPLING_RULES: /default is missing"));
  std::filesystem::remove_all(folder);
}

TEST_F(Doctor, SaysWhetherTheRulesOfTheAccountDecide) {
  const Endpoint aws({});

  examine(well(aws.url()));
  EXPECT_THAT(text_, HasSubstr("sampling     ALOFT_SAMPLING is not central, so these rules do not "
                               "decide: no rule is for every request"));
  examine(with(well(aws.url()), "ALOFT_SAMPLING", "central"));
  EXPECT_THAT(text_, HasSubstr("sampling     no rule is for every request"));
  EXPECT_EQ(examine(with(well(aws.url()), "ALOFT_SAMPLING", "sometimes")), Verdict::bad_settings);
}

TEST_F(Doctor, SaysHowItIsUsed) {
  EXPECT_EQ(exit_code({}, "--fax"), 2);
  EXPECT_EQ(exit_code({}, "--timeout 0"), 2);
  EXPECT_EQ(exit_code({}, "--help"), 0);
  EXPECT_EQ(exit_code({}, "--version"), 0);
}

}  // namespace
}  // namespace aloft::doctor
