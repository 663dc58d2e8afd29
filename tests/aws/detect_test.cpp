// SPDX-License-Identifier: Apache-2.0
#include <aloft/aws/detect.hpp>

#include "aws/detectors.hpp"
#include "aws/fixture.hpp"

namespace aloft::aws {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kId = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// No file of the machine that runs the test, and no metadata unless given.
DetectOptions nowhere() {
  return {.timeout = 20s,
          .request_timeout = 10s,
          .beanstalk_file = "/nonexistent/environment.conf",
          .agent_file = "/nonexistent/log-config.json",
          .cgroup_file = "/nonexistent/cgroup",
          .mountinfo_file = "/nonexistent/mountinfo",
          .service_account_folder = "/nonexistent"};
}

Detected detect_with(Variables variables, const DetectOptions& options = nowhere()) {
  bool metadata = false;
  for (const auto& [name, value] : variables)
    metadata |= name == "AWS_EC2_METADATA_SERVICE_ENDPOINT";
  if (!metadata) variables.emplace_back("AWS_EC2_METADATA_DISABLED", "true");
  return detect(settings_of(std::move(variables)), options);
}

std::vector<std::string> lines(const Detected& found) {
  std::vector<std::string> all;
  for (const auto& [key, value] : found.attributes)
    all.push_back(std::string(key).append("=").append(value));
  return all;
}

std::string instance_answer(const SeenRequest& request) {
  if (request.line.find("PUT") == 0) return reply(200, "token");
  return reply(200, R"({"accountId":"123456789012","architecture":"x86_64",)"
                    R"("availabilityZone":"eu-central-1a","imageId":"ami-1","instanceId":"i-0",)"
                    R"("instanceType":"m5.large","region":"eu-central-1","ramdiskId":null})");
}

TEST(Detect, FindsNothingOnAnOrdinaryMachine) {
  const Detected found = detect_with({});

  EXPECT_EQ(found.origin, "");
  EXPECT_THAT(found.attributes, IsEmpty());
  EXPECT_THAT(found.problems, IsEmpty());
}

TEST(Detect, KnowsAFunctionWithoutAskingAnybody) {
  const FakeService imds(instance_answer);

  const Detected found = detect_with({{"AWS_LAMBDA_FUNCTION_NAME", "charge"},
                                      {"AWS_LAMBDA_FUNCTION_VERSION", "7"},
                                      {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"},
                                      {"AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/charge"},
                                      {"AWS_LAMBDA_LOG_STREAM_NAME", "2026/[7]x"},
                                      {"AWS_REGION", "eu-west-1"},
                                      {"AWS_EC2_METADATA_SERVICE_ENDPOINT", imds.url()}});

  EXPECT_EQ(found.origin, "");
  EXPECT_THAT(
      lines(found),
      ElementsAre("cloud.provider=aws", "cloud.platform=aws_lambda", "cloud.region=eu-west-1",
                  "faas.name=charge", "faas.version=7", "faas.instance=2026/[7]x",
                  "faas.max_memory=134217728", "aws.log.group.names=/aws/lambda/charge",
                  "aws.log.stream.names=2026/[7]x"));
  EXPECT_TRUE(imds.seen().empty());
}

TEST(Detect, KnowsAnInstance) {
  const FakeService imds(instance_answer);

  const Detected found = detect_with({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", imds.url()}});

  EXPECT_EQ(found.origin, "AWS::EC2::Instance");
  EXPECT_THAT(
      lines(found),
      ElementsAre("cloud.provider=aws", "cloud.platform=aws_ec2", "cloud.region=eu-central-1",
                  "cloud.availability_zone=eu-central-1a", "cloud.account.id=123456789012",
                  "host.id=i-0", "host.type=m5.large", "host.image.id=ami-1"));
}

// The answers of the ECS developer guide's examples, shortened.
std::string fargate_answer(const SeenRequest& request) {
  if (request.line == "GET /v4/x/task HTTP/1.1") {
    return reply(
        200, R"({"Cluster":"arn:aws:ecs:us-west-2:111122223333:cluster/default",)"
             R"("TaskARN":"arn:aws:ecs:us-west-2:111122223333:task/default/e9","Family":"curl",)"
             R"("Revision":"3","AvailabilityZone":"us-west-2d","LaunchType":"FARGATE"})");
  }
  if (request.line == "GET /v4/x HTTP/1.1") {
    return reply(200, R"({"DockerId":"cd18","Name":"curl","LogDriver":"awslogs","LogOptions":)"
                      R"({"awslogs-group":"/ecs/containerlogs","awslogs-region":"us-west-2",)"
                      R"("awslogs-stream":"ecs/curl/cd18"},"ContainerARN":)"
                      R"("arn:aws:ecs:us-west-2:111122223333:container/05966"})");
  }
  return reply(404, "");
}

TEST(Detect, KnowsATaskOfFargateAndLeavesTheInstanceAlone) {
  const FakeService ecs(fargate_answer);
  const FakeService imds(instance_answer);

  const Detected found = detect_with({{"ECS_CONTAINER_METADATA_URI_V4", ecs.url("/v4/x")},
                                      {"AWS_EC2_METADATA_SERVICE_ENDPOINT", imds.url()}});

  EXPECT_EQ(found.origin, "AWS::ECS::Container");
  EXPECT_THAT(
      lines(found),
      ElementsAre("cloud.provider=aws", "cloud.platform=aws_ecs", "container.name=curl",
                  "container.id=cd18",
                  "aws.ecs.container.arn=arn:aws:ecs:us-west-2:111122223333:container/05966",
                  "aws.log.group.names=/ecs/containerlogs", "aws.log.stream.names=ecs/curl/cd18",
                  "aws.log.group.arns=arn:aws:logs:us-west-2:111122223333:log-group:"
                  "/ecs/containerlogs",
                  "aws.ecs.task.arn=arn:aws:ecs:us-west-2:111122223333:task/default/e9",
                  "aws.ecs.task.family=curl", "aws.ecs.task.revision=3",
                  "aws.ecs.launchtype=fargate", "cloud.availability_zone=us-west-2d",
                  "cloud.region=us-west-2", "cloud.account.id=111122223333",
                  "aws.ecs.cluster.arn=arn:aws:ecs:us-west-2:111122223333:cluster/default"));
  EXPECT_TRUE(imds.seen().empty());
}

TEST(Detect, KnowsATaskOnAnInstanceOverVersion3) {
  const FakeService ecs([](const SeenRequest& request) {
    if (request.line == "GET /v3/x/task HTTP/1.1") {
      return reply(200, R"({"Cluster":"named","TaskARN":"arn:aws:ecs:us-west-2:1:task/t",)"
                        R"("LaunchType":"EC2"})");
    }
    return request.line == "GET /v3/x HTTP/1.1" ? reply(200, R"({"Name":"app"})") : reply(500, "");
  });
  const FakeService imds(instance_answer);

  const Detected found = detect_with({{"ECS_CONTAINER_METADATA_URI_V4", ecs.url("/v4/x")},
                                      {"ECS_CONTAINER_METADATA_URI", ecs.url("/v3/x")},
                                      {"AWS_EC2_METADATA_SERVICE_ENDPOINT", imds.url()}});

  EXPECT_EQ(found.origin, "AWS::ECS::Container");
  EXPECT_EQ(found.find("container.name"), "app");
  EXPECT_EQ(found.find("aws.ecs.cluster.arn"), "arn:aws:ecs:us-west-2:1:cluster/named");
  EXPECT_EQ(found.find("cloud.platform"), "aws_ecs");
  EXPECT_EQ(found.find("host.id"), "i-0");
  EXPECT_THAT(found.problems, ElementsAre("ECS, the container: answered with status 500"));
}

TEST(Detect, KnowsAPodOfEks) {
  const HomeFolder folder;
  folder.write("token", "pod-token\n");
  folder.write("cgroup", "12:cpu:/kubepods/besteffort/pod1/" + std::string(kId) + "\n");
  const FakeService api([](const SeenRequest& request) {
    if (request.field("authorization") != "Bearer pod-token") return reply(401, "");
    return reply(200, R"({"data":{"cluster.name":"prod","logs.region":"eu-west-1"}})");
  });
  DetectOptions options = nowhere();
  options.kubernetes_url = api.url();
  options.service_account_folder = folder.path();
  options.cgroup_file = folder.path() + "/cgroup";

  const Detected found = detect_with({{"AWS_REGION", "eu-west-1"}}, options);

  EXPECT_EQ(found.origin, "AWS::EKS::Container");
  EXPECT_EQ(found.find("cloud.platform"), "aws_eks");
  EXPECT_EQ(found.find("k8s.cluster.name"), "prod");
  EXPECT_EQ(found.find("container.id"), kId);
  EXPECT_EQ(found.find("aws.log.group.names"), "/aws/containerinsights/prod/application");
  EXPECT_FALSE(found.find("k8s.pod.name").empty());
  EXPECT_EQ(api.seen()[0].line,
            "GET /api/v1/namespaces/amazon-cloudwatch/configmaps/cluster-info HTTP/1.1");
}

TEST(Detect, KnowsAPodOfEksByItsIdentityWhenItMayNotAsk) {
  const HomeFolder folder;
  folder.write("token", "t");
  folder.write("mountinfo", "1 2 0:1 /layers/" + std::string(64, 'f') +
                                " / rw\n1 2 0:1 /containers/" + std::string(kId) +
                                "/hostname /etc/hostname rw\n");
  const FakeService api([](const SeenRequest&) { return reply(403, ""); });
  DetectOptions options = nowhere();
  options.kubernetes_url = api.url();
  options.service_account_folder = folder.path();
  options.mountinfo_file = folder.path() + "/mountinfo";

  const Detected found = detect_with(
      {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials"}}, options);
  const Detected elsewhere = detect_with({}, options);

  EXPECT_EQ(found.origin, "AWS::EKS::Container");
  EXPECT_EQ(found.find("container.id"), kId);
  EXPECT_THAT(found.problems,
              ElementsAre("EKS, the name of the cluster: answered with status 403"));
  EXPECT_EQ(elsewhere.origin, "");  // some other Kubernetes
}

TEST(Detect, PrefersBeanstalkToTheInstanceBelowIt) {
  const HomeFolder folder;
  DetectOptions options = nowhere();
  options.beanstalk_file = folder.write(
      "environment.conf",
      R"({"deployment_id":32,"version_label":"app-5a56","environment_name":"prod-env"})");
  const FakeService imds(instance_answer);

  const Detected found = detect_with({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", imds.url()}}, options);

  EXPECT_EQ(found.origin, "AWS::ElasticBeanstalk::Environment");
  EXPECT_EQ(found.find("cloud.platform"), "aws_elastic_beanstalk");
  EXPECT_EQ(found.find("service.namespace"), "prod-env");
  EXPECT_EQ(found.find("service.instance.id"), "32");
  EXPECT_EQ(found.find("aws.elastic_beanstalk.version_label"), "app-5a56");
  EXPECT_EQ(found.find("host.id"), "i-0");
}

/// What is found of the log group of an instance whose agent has written this.
Detected with_agent(std::string_view file) {
  const HomeFolder folder;
  DetectOptions options = nowhere();
  options.agent_file = folder.write("log-config.json", std::string(file));
  const FakeService imds(instance_answer);
  return detect_with({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", imds.url()}}, options);
}

TEST(Detect, KnowsTheOneLogGroupOfCloudWatchsAgentOnAnInstance) {
  const Detected found =
      with_agent(R"({"version":"1","log_configs":[{"log_group_name":"/payments"},)"
                 R"({"log_group_name":"/payments"}],"region":"eu-central-1"})");

  EXPECT_EQ(found.origin, "AWS::EC2::Instance");
  EXPECT_EQ(found.find("aws.log.group.names"), "/payments");
  EXPECT_THAT(found.problems, IsEmpty());
}

TEST(Detect, LinksToNoLogGroupWhereTheAgentHasSeveral) {
  for (const std::string_view file :
       {R"({"log_configs":[{"log_group_name":"/payments"},{"log_group_name":"/syslog"}]})",
        R"({"log_configs":[{"log_group_name":"/payments"},{}]})", R"({"log_configs":[]})"}) {
    const Detected found = with_agent(file);

    EXPECT_EQ(found.find("aws.log.group.names"), "") << file;
    EXPECT_EQ(found.find("host.id"), "i-0");
    EXPECT_THAT(found.problems, IsEmpty());
  }
}

TEST(Detect, TellsThatTheFileOfTheAgentIsBrokenWithoutQuotingIt) {
  for (const std::string_view file : {"hush", R"({"log_configs":"hush"})", "{}"}) {
    const Detected found = with_agent(file);

    EXPECT_EQ(found.find("aws.log.group.names"), "") << file;
    ASSERT_EQ(found.problems.size(), 1u) << file;
    EXPECT_THAT(found.problems[0], HasSubstr("CloudWatch's agent"));
    EXPECT_THAT(found.problems[0], ::testing::Not(HasSubstr("hush")));
  }
}

TEST(Detect, TellsWhatIsBrokenAndGoesOn) {
  const HomeFolder folder;
  DetectOptions options = nowhere();
  options.beanstalk_file = folder.write("environment.conf", "hush");
  const FakeService broken([](const SeenRequest& request) {
    return request.line.find("PUT") == 0 ? reply(200, "t") : reply(200, "hush");
  });

  const Detected found = detect_with({{"ECS_CONTAINER_METADATA_URI_V4", broken.url()},
                                      {"AWS_EC2_METADATA_SERVICE_ENDPOINT", broken.url()}},
                                     options);

  EXPECT_EQ(found.origin, "AWS::ECS::Container");
  ASSERT_EQ(found.problems.size(), 3u);
  for (const std::string& problem : found.problems) {
    EXPECT_THAT(problem, ::testing::Not(HasSubstr("hush")));
  }
}

TEST(Detect, EndsAtItsTimeLimitWhenNobodyAnswers) {
  const http_client::FullBacklog silent;
  DetectOptions options = nowhere();
  options.timeout = 100ms;

  const Detected found = detect_with({{"ECS_CONTAINER_METADATA_URI_V4", silent.url()},
                                      {"ECS_CONTAINER_METADATA_URI", silent.url()},
                                      {"AWS_EC2_METADATA_SERVICE_ENDPOINT", silent.url()}},
                                     options);

  EXPECT_EQ(found.origin, "AWS::ECS::Container");
  EXPECT_EQ(found.problems.size(), 2u);
}

TEST(ContainerId, IsARunOfExactly64HexDigits) {
  const std::string id(kId);
  EXPECT_EQ(find_container_id("x/" + id + ".scope"), id);
  EXPECT_EQ(find_container_id(id), id);
  EXPECT_EQ(find_container_id("/" + id + "0/" + id + "/"), id);
  EXPECT_EQ(find_container_id(id + "0"), "");
  EXPECT_EQ(find_container_id("0::/"), "");
  EXPECT_EQ(find_container_id(""), "");
}

TEST(Arn, IsSplitAtItsFirstFiveColons) {
  const Arn arn = split_arn("arn:aws-cn:logs:cn-north-1:1:log-group:name:*");

  EXPECT_EQ(arn.partition, "aws-cn");
  EXPECT_EQ(arn.region, "cn-north-1");
  EXPECT_EQ(arn.account, "1");
  EXPECT_EQ(arn.resource, "log-group:name:*");
  for (const char* bad : {"", "default", "arn:aws", "x:aws:ecs:r:a:b", "arn:aws:ecs:r:a:"}) {
    EXPECT_EQ(split_arn(bad).account, "") << bad;
  }
}

}  // namespace
}  // namespace aloft::aws
