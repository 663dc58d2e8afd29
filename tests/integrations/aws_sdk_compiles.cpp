// SPDX-License-Identifier: Apache-2.0
// The adapter with the SDK's own classes: compiled where AWSSDK_ROOT says where they are, not run.
#include <aloft/integrations/aws_sdk.hpp>

#include <aws/dynamodb/DynamoDBClient.h>
#include <aws/dynamodb/model/PutItemRequest.h>

namespace aloft::integrations {

void put_item(Span& parent, const Aws::DynamoDB::DynamoDBClient& client) {
  Aws::DynamoDB::Model::PutItemRequest put;
  put.SetTableName("charges");
  AwsSdkCall call(parent, put, {.service = "DynamoDB", .region = "eu-west-1"});
  call.finish(client.PutItem(put));
}

}  // namespace aloft::integrations
