// SPDX-License-Identifier: Apache-2.0
#include "console/otlp/facts.hpp"

#include <aloft/core/text.hpp>
#include <aloft/telemetry/format/otlp_names.hpp>
#include <aloft/telemetry/format/xray_resource.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

namespace aloft::console::otlp {
namespace {

namespace names = aloft::otlp;
using Names = std::initializer_list<std::string_view>;

// The flags of a span. Source: trace/v1/trace.proto, SpanFlags, read 2026-11.
constexpr std::uint32_t kRemoteKnown = 0x100;
constexpr std::uint32_t kRemote = 0x200;
// Source: "AWS X-Ray segment documents", name, read 2026-11.
constexpr std::size_t kMaxNameBytes = 200;

/// The attributes of a span, and which of them said something.
class Lookup {
 public:
  explicit Lookup(const Attributes& attributes)
      : attributes_(attributes), used_(attributes.size(), false) {}

  const AnyValue* any(Names wanted) {
    for (const std::string_view name : wanted) {
      for (std::size_t i = 0; i < attributes_.size(); ++i) {
        if (attributes_[i].key != name) continue;
        used_[i] = true;
        return &attributes_[i].value;
      }
    }
    return nullptr;
  }
  std::string_view text(Names wanted) {
    const AnyValue* const value = any(wanted);
    return value != nullptr && value->is_text() ? value->text : std::string_view();
  }
  /// Some SDKs send numbers as text.
  std::int64_t integer(Names wanted, std::int64_t otherwise) {
    const AnyValue* const value = any(wanted);
    if (value == nullptr) return otherwise;
    if (value->kind == AnyValue::Kind::integer) return value->integer;
    const auto parsed = value->is_text() ? text::parse_decimal(value->text) : std::nullopt;
    return parsed && *parsed <= INT64_MAX ? static_cast<std::int64_t>(*parsed) : otherwise;
  }
  bool flag(std::string_view name) {
    const AnyValue* const value = any({name});
    return value != nullptr && value->kind == AnyValue::Kind::boolean && value->boolean;
  }
  /// The first text of an array, or the text itself.
  std::string_view first(Names wanted) {
    const AnyValue* const value = any(wanted);
    if (value == nullptr) return {};
    if (value->is_text()) return value->text;
    return !value->items.empty() && value->items[0].is_text() ? value->items[0].text
                                                              : std::string_view();
  }
  std::vector<std::size_t> unused() const {
    std::vector<std::size_t> rest;
    for (std::size_t i = 0; i < used_.size(); ++i) {
      if (!used_[i]) rest.push_back(i);
    }
    return rest;
  }

 private:
  const Attributes& attributes_;
  std::vector<bool> used_;
};

bool calls(const Span& span) noexcept {
  return span.kind == Kind::client || span.kind == Kind::producer;
}

// "scheme://host:port" from what stands for it; empty without a host.
std::string origin_of(std::string_view scheme, std::string_view host, std::int64_t port) {
  if (host.empty()) return {};
  std::string out(scheme.empty() ? std::string_view("http") : scheme);
  out += "://";
  // An IPv6 address, and not the "host:port" of an old `http.host`.
  const bool brackets = host.find(':') != host.rfind(':');
  out.append(brackets ? "[" : "").append(host).append(brackets ? "]" : "");
  if (port > 0) out.append(":").append(std::to_string(port));
  return out;
}

// Of a server: its conventions tell the pieces only.
void compose_url(Lookup& attributes, HttpFacts& http) {
  const std::string_view scheme = attributes.text({names::kUrlScheme, "http.scheme"});
  const std::string_view route = attributes.text({names::kHttpRoute});
  const std::string_view path = attributes.text({"url.path", "http.target"});
  const std::string_view host =
      attributes.text({names::kServerAddress, "http.host", "net.host.name", "net.peer.name"});
  const std::int64_t port =
      attributes.integer({names::kServerPort, "net.host.port", "net.peer.port"}, 0);
  http.url = origin_of(scheme, host, port);
  http.url += route.empty() ? path.substr(0, path.find('?')) : route;
}

HttpFacts http_of(Lookup& attributes) {
  HttpFacts http;
  http.method = attributes.text({names::kHttpMethod, "http.method"});
  http.status = attributes.integer({names::kHttpStatus, "http.status_code"}, 0);
  if (http.status < 100 || http.status > 999) http.status = 0;
  http.url = attributes.text({names::kUrlFull, "http.url"});
  http.user_agent = attributes.text({names::kUserAgent, "http.user_agent"});
  http.client_ip = attributes.text({names::kClientAddress, "http.client_ip"});
  http.content_length =
      attributes.integer({names::kHttpResponseBytes, "http.response_content_length"}, -1);
  http.x_forwarded_for = attributes.flag(names::kForwardedFor);
  http.traced = attributes.flag(names::kTraced);
  if (http.url.empty() && !http.method.empty()) compose_url(attributes, http);
  return http;
}

AwsFacts aws_of(Lookup& attributes, std::string_view& service) {
  AwsFacts aws;
  aws.any = attributes.text({names::kRpcSystem, "rpc.system.name"}) == names::kAwsApi;
  if (!aws.any) return aws;
  service = attributes.text({names::kRpcService, "aws.service"});
  aws.operation = attributes.text({names::kRpcMethod, "aws.operation"});
  // Newer conventions write "DynamoDB/PutItem".
  const std::size_t slash = aws.operation.rfind('/');
  if (slash != std::string_view::npos) {
    if (service.empty()) service = aws.operation.substr(0, slash);
    aws.operation.remove_prefix(slash + 1);
  }
  aws.region = attributes.text({names::kCloudRegion, "aws.region"});
  aws.request_id = attributes.text({names::kAwsRequestId, "aws.requestId", "aws.request.id"});
  aws.table_name = attributes.first({names::kAwsTableNames, "aws.table_name"});
  aws.queue_url = attributes.text({names::kAwsQueueUrl, "aws.queue_url", "aws.queue.url"});
  aws.account_id = attributes.text({names::kAwsAccount});
  aws.retries = attributes.integer({names::kAwsRetries}, -1);
  return aws;
}

// Databases that X-Ray's `sql` block is for. Source: semantic conventions, `db.system.name` and the
// deprecated `db.system`, read 2026-11.
constexpr std::array<std::string_view, 20> kSqlSystems = {
    "postgresql",   "mysql",       "mariadb",   "sqlite",     "other_sql", "microsoft.sql_server",
    "mssql",        "oracle",      "oracle.db", "db2",        "ibm.db2",   "redshift",
    "aws.redshift", "cockroachdb", "hive",      "clickhouse", "h2",        "hsqldb",
    "derby",        "trino"};

SqlFacts sql_of(Lookup& attributes) {
  SqlFacts sql;
  const auto ours = [&](std::string_view member) {
    return attributes.text({std::string(names::kSqlPrefix).append(member)});
  };
  // Looked at first without being used: of Redis and its like all stays metadata.
  Lookup peek = attributes;
  const std::string_view system = peek.text({names::kDbSystem, "db.system"});
  sql.database_type = ours("database_type");
  const bool known = std::find(kSqlSystems.begin(), kSqlSystems.end(), system) != kSqlSystems.end();
  sql.any = !sql.database_type.empty() || known;
  if (!sql.any) return sql;
  attributes.any({names::kDbSystem, "db.system"});
  sql.database_version = ours("database_version");
  sql.driver_version = ours("driver_version");
  sql.preparation = ours("preparation");
  sql.user = attributes.text({std::string(names::kSqlPrefix) + "user", "db.user"});
  sql.sanitized_query = attributes.text({names::kDbQuery, "db.statement"});
  sql.url = attributes.text({std::string(names::kSqlPrefix) + "url", "db.connection_string"});
  return sql;
}

// What another SDK's span of a database is called, and where it went.
void name_database(Lookup& attributes, SpanFacts& facts) {
  const std::string_view system = attributes.text({names::kDbSystem, "db.system"});
  const std::string_view name = attributes.text({names::kDbNamespace, "db.name"});
  const std::string_view host = attributes.text({names::kServerAddress, "net.peer.name"});
  const std::int64_t port = attributes.integer({names::kServerPort, "net.peer.port"}, 0);
  if (facts.sql.database_type.empty()) facts.sql.database_type = system;
  if (facts.sql.url.empty()) {
    facts.sql.url = origin_of(system, host, port);
    if (!facts.sql.url.empty() && !name.empty()) facts.sql.url.append("/").append(name);
  }
  facts.name = name.empty() ? host : name;
  if (!name.empty() && !host.empty()) facts.name.append("@").append(host);
}

// gRPC's codes of callers' mistakes. Source: grpc/statuscodes, read 2026-11.
bool is_callers(std::int64_t code) noexcept {
  for (const std::int64_t mine : {1, 3, 5, 6, 7, 9, 10, 11, 16}) {
    if (code == mine) return true;
  }
  return false;
}

void read_outcome(const Span& span, Lookup& attributes, SpanFacts& facts) {
  const std::int64_t status = facts.http.status;
  const std::int64_t grpc = attributes.integer({"rpc.grpc.status_code"}, 0);
  if (status >= 400 && status < 500) {
    facts.error = true;
    facts.throttle = status == 429;
  } else if (status >= 500) {
    facts.fault = true;
  } else if (span.failed) {
    constexpr std::int64_t kResourceExhausted = 8;
    facts.throttle = grpc == kResourceExhausted;
    facts.error = facts.throttle || is_callers(grpc);
    facts.fault = !facts.error;
  }
}

std::string_view host_in(std::string_view url) noexcept {
  const std::size_t begin = url.find("://");
  if (begin == std::string_view::npos) return {};
  url.remove_prefix(begin + 3);
  return url.substr(0, url.find_first_of("/:?#"));
}

// What another SDK's span is called in X-Ray.
void name_foreign(const Span& span, const Sender& sender, std::string_view aws_service,
                  Lookup& attributes, SpanFacts& facts) {
  if (facts.is_segment) {
    facts.name = sender.service;
  } else if (facts.aws.any) {
    facts.name = aws_service;
  } else if (facts.sql.any) {
    name_database(attributes, facts);
  } else if (calls(span)) {
    facts.name = attributes.text({"peer.service", "service.peer.name"});
    if (facts.name.empty()) facts.name = attributes.text({"rpc.service"});
    if (facts.name.empty() && facts.http.any()) {
      Lookup peek = attributes;
      facts.name = peek.text({names::kServerAddress, "net.peer.name", "http.host"});
      if (facts.name.empty()) facts.name = host_in(facts.http.url);
    }
  }
  if (facts.name.empty()) facts.name = span.name;
}

std::string_view name_space_of(const Span& span, const SpanFacts& facts) noexcept {
  if (facts.is_segment || !calls(span)) return {};
  return facts.aws.any ? "aws" : "remote";
}

// X-Ray's origin from where it runs. Source: the Collector's awsxray exporter, read 2026-11.
std::string_view origin_from(const Attributes& attributes) noexcept {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kPlatforms = {{
      {"aws_app_runner", "AWS::AppRunner::Service"},
      {"aws_eks", "AWS::EKS::Container"},
      {"aws_elastic_beanstalk", "AWS::ElasticBeanstalk::Environment"},
      {"aws_ecs", "AWS::ECS::Container"},
      {"aws_lambda", "AWS::Lambda::Function"},
      {"aws_ec2", "AWS::EC2::Instance"},
  }};
  const std::string_view platform = find_text(attributes, "cloud.platform");
  for (const auto& [name, origin] : kPlatforms) {
    if (name == platform) return origin;
  }
  return {};
}

// Other SDKs send lists where we send a text: the first says enough.
std::string_view first_text(const AnyValue& value) noexcept {
  if (value.is_text()) return value.text;
  return !value.items.empty() ? value.items.front().text : std::string_view();
}

std::string aws_members_of(const Attributes& attributes) {
  std::vector<ResourceAttribute> texts;
  for (const Attribute& attribute : attributes) {
    const std::string_view text = first_text(attribute.value);
    if (!text.empty()) texts.push_back({std::string(attribute.key), std::string(text)});
  }
  return xray_aws_members(texts);
}

}  // namespace

Sender::Sender(const Resource& resource) : attributes(&resource.attributes) {
  const Attributes& facts = resource.attributes;
  service = find_text(facts, names::kServiceName);
  const RuntimeInfo runtime = {.name = find_text(facts, names::kRuntimeName),
                               .version = find_text(facts, names::kRuntimeVersion),
                               .compiler = find_text(facts, names::kCompilerName),
                               .compiler_version = find_text(facts, names::kCompilerVersion)};
  service_members = xray_service_members(find_text(facts, names::kServiceVersion), &runtime);
  sdk_version = find_text(facts, names::kSdkVersion);
  is_aloft = find_text(facts, names::kSdkName) == names::kAloft;
  const std::string_view language = find_text(facts, names::kSdkLanguage);
  sdk = is_aloft ? "aloft for C++" : "opentelemetry";
  if (!is_aloft && !language.empty()) sdk.append(" for ").append(language);
  aws_members = aws_members_of(facts);
  origin = find_text(facts, names::kOrigin);
  if (origin.empty() && !is_aloft) origin = origin_from(facts);
}

bool begins_segment(const Span& span) noexcept {
  if (span.parent == 0) return true;
  if ((span.flags & kRemoteKnown) != 0) return (span.flags & kRemote) != 0;
  return span.kind == Kind::server || span.kind == Kind::consumer;
}

bool is_detached(const Span& span) noexcept {
  const AnyValue* const detached = find(span.attributes, names::kDetached);
  return detached != nullptr && detached->boolean;
}

SpanFacts facts_of(const Span& span, const Sender& sender) {
  SpanFacts facts;
  Lookup attributes(span.attributes);
  std::string_view aws_service;
  facts.is_segment = begins_segment(span);
  facts.aws = aws_of(attributes, aws_service);
  facts.sql = sql_of(attributes);
  facts.http = http_of(attributes);
  facts.user = attributes.text({names::kEndUser});
  facts.sampling_rule = attributes.text({names::kSamplingRule});
  facts.name_space = name_space_of(span, facts);
  if (sender.is_aloft) {
    facts.name = span.name;
    facts.error = attributes.flag(names::kError);
    facts.throttle = attributes.flag(names::kThrottle);
    facts.fault = attributes.flag(names::kFault);
  } else {
    read_outcome(span, attributes, facts);
    name_foreign(span, sender, aws_service, attributes, facts);
    facts.rest = attributes.unused();
  }
  // Whoever sent it: the store takes no span without a name, and none with a longer one.
  if (facts.name.empty()) facts.name = "span";
  facts.name = text::cut(facts.name, kMaxNameBytes);
  return facts;
}

}  // namespace aloft::console::otlp
