// SPDX-License-Identifier: Apache-2.0
#include <aloft/telemetry/format/xray_document.hpp>
#include <aloft/telemetry/format/xray_resource.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace aloft {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string members(std::vector<ResourceAttribute> attributes) {
  return xray_aws_members(attributes);
}

TEST(XrayResource, SaysNothingOfWhatIsNotThere) {
  EXPECT_EQ(members({}), "");
  EXPECT_EQ(members({{"cloud.platform", "aws_lambda"}, {"faas.name", "f"}}), "");
}

TEST(XrayResource, WritesAnInstance) {
  EXPECT_EQ(members({{"cloud.account.id", "1"},
                     {"cloud.availability_zone", "eu-central-1a"},
                     {"host.id", "i-0"},
                     {"host.type", "m5.large"},
                     {"host.image.id", "ami-1"}}),
            R"("account_id":"1","ec2":{"instance_id":"i-0",)"
            R"("availability_zone":"eu-central-1a","instance_size":"m5.large","ami_id":"ami-1"})");
}

TEST(XrayResource, WritesATaskWithItsLogGroup) {
  EXPECT_EQ(members({{"container.name", "app"},
                     {"container.id", "c1"},
                     {"aws.ecs.container.arn", "arn:c"},
                     {"aws.ecs.task.arn", "arn:t"},
                     {"aws.ecs.task.family", "f"},
                     {"aws.ecs.cluster.arn", "arn:k"},
                     {"aws.ecs.launchtype", "fargate"},
                     {"aws.log.group.names", "/ecs/app"},
                     {"aws.log.group.arns", "arn:l"}}),
            R"("cloudwatch_logs":[{"log_group":"/ecs/app","arn":"arn:l"}],"ecs":{)"
            R"("container":"app","container_id":"c1","container_arn":"arn:c","task_arn":"arn:t",)"
            R"("task_family":"f","cluster_arn":"arn:k","launch_type":"fargate"})");
}

TEST(XrayResource, WritesAPodAndABeanstalkEnvironment) {
  EXPECT_EQ(members({{"cloud.platform", "aws_eks"},
                     {"k8s.cluster.name", "prod"},
                     {"k8s.pod.name", "p"},
                     {"container.id", "c1"}}),
            R"("eks":{"cluster_name":"prod","pod":"p","container_id":"c1"})");
  EXPECT_EQ(members({{"cloud.platform", "aws_elastic_beanstalk"},
                     {"service.namespace", "prod-env"},
                     {"aws.elastic_beanstalk.version_label", "v1"},
                     {"service.instance.id", "32"}}),
            R"("elastic_beanstalk":{"environment_name":"prod-env","version_label":"v1",)"
            R"("deployment_id":32})");
}

TEST(XrayResource, EscapesWhatItWritesAndLeavesOutWhatIsNoNumberOrTooLong) {
  EXPECT_EQ(members({{"host.id", "i\"\n"}}), R"("ec2":{"instance_id":"i\"\n"})");
  EXPECT_EQ(members({{"cloud.platform", "aws_elastic_beanstalk"}, {"service.instance.id", "many"}}),
            R"("elastic_beanstalk":{})");
  EXPECT_EQ(members({{"host.id", std::string(10'000, 'x')}}), "");
}

std::string segment(XRayDocumentWriter& writer, const Resource& resource) {
  SpanRecord root;
  root.name = "a";
  root.id = {1};
  root.start = WallTime(std::chrono::seconds(1));
  const SpanRecord spans[] = {root};
  const TraceRecord trace{{1, 2}, true, spans};
  writer.begin(resource, trace);
  const auto document = writer.next();
  return document ? std::string(document->text) : std::string();
}

TEST(XrayResource, StandsInEachSegmentWithTheOrigin) {
  XRayDocumentWriter writer;
  const Resource first{
      .service_name = "a", .origin = "AWS::EC2::Instance", .attributes = {{"host.id", "i-1"}}};
  const Resource second{.service_name = "a", .attributes = {{"host.id", "i-2"}}};

  const std::string one = segment(writer, first);
  const std::string two = segment(writer, second);

  EXPECT_THAT(one, HasSubstr(R"("origin":"AWS::EC2::Instance","aws":{"ec2":{"instance_id":"i-1"},)"
                             R"("xray":{"sdk":)"));
  EXPECT_THAT(two, HasSubstr(R"("aws":{"ec2":{"instance_id":"i-2"},"xray":{)"));
  EXPECT_THAT(two, Not(HasSubstr("origin")));
}

}  // namespace
}  // namespace aloft
