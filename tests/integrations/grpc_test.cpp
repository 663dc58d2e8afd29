// SPDX-License-Identifier: Apache-2.0
// A real client and a real server of gRPC over the loopback.
#include <aloft/integrations/grpc_client.hpp>
#include <aloft/integrations/grpc_server.hpp>

#include "http_client/raw_server.hpp"
#include "integrations/fixture.hpp"
#include "integrations/grpc_services.hpp"

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/client_unary_call.h>
#include <grpcpp/server_builder.h>

#include <gmock/gmock.h>

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

namespace aloft::integrations {
namespace {

class GrpcCalls : public IntegrationTest {
 protected:
  ~GrpcCalls() override { stop(); }

  void serve(Scores::Answer answer, http::EdgePolicy edge = http::EdgePolicy::trust) {
    service_ = std::make_unique<Scores>(std::move(answer));
    grpc::ServerBuilder builder;
    builder.RegisterService(service_.get());
    start(builder, edge);
  }
  void start(grpc::ServerBuilder& builder, http::EdgePolicy edge) {
    tracing_.emplace(tracer_,
                     GrpcServerOptions{.service_name = "fraud", .edge = edge, .tenant = tenant_});
    std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> creators;
    creators.push_back(tracing_->interceptor());
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.experimental().SetInterceptorCreators(std::move(creators));
    server_ = builder.BuildAndStart();
    connect("127.0.0.1:" + std::to_string(port));
  }
  void connect(const std::string& address) {
    std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>> creators;
    creators.push_back(client_.interceptor());
    channel_ = grpc::experimental::CreateCustomChannelWithInterceptors(
        address, grpc::InsecureChannelCredentials(), grpc::ChannelArguments(), std::move(creators));
  }
  /// After it, nothing of the server runs any more.
  void stop() {
    channel_.reset();
    if (server_) server_->Shutdown();
    server_.reset();
  }
  grpc::Status score(grpc::ClientContext& context) {
    ByteBuffer answer;
    return grpc::internal::BlockingUnaryCall(channel_.get(),
                                             RpcMethod(kScore, RpcMethod::NORMAL_RPC), &context,
                                             bytes("secret"), &answer);
  }
  grpc::Status traced_score() {
    grpc::ClientContext context;
    const GrpcCall call = client_.trace(context, *root);
    return score(context);
  }
  std::unique_ptr<grpc::ClientReaderWriter<ByteBuffer, ByteBuffer>> watch(
      grpc::ClientContext& context) {
    return std::unique_ptr<grpc::ClientReaderWriter<ByteBuffer, ByteBuffer>>(
        grpc::internal::ClientReaderWriterFactory<ByteBuffer, ByteBuffer>::Create(
            channel_.get(), RpcMethod(kWatch, RpcMethod::BIDI_STREAMING), &context));
  }
  /// The span of this kind and name, once all has ended.
  aloft::testing::SpanCopy span_of(SpanKind kind) {
    stop();
    if (root->recording()) collect();
    for (const aloft::testing::SpanCopy& span : bench.memory.spans()) {
      if (span.kind == kind && span.id != root_id) return span;
    }
    ADD_FAILURE() << "no such span";
    return {};
  }

  Tracer tracer_ = bench.tracer;
  std::function<std::string(const grpc::ServerContextBase&)> tenant_;
  GrpcClientTracing client_{{.service_name = "fraud"}};
  std::optional<GrpcServerTracing> tracing_;
  std::unique_ptr<Scores> service_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

grpc::Status fine(grpc::ServerContext&) { return grpc::Status::OK; }
Scores::Answer failing(grpc::StatusCode code) {
  return [code](grpc::ServerContext&) { return grpc::Status(code, "secret"); };
}

TEST_F(GrpcCalls, AreSpansOnBothSidesOfOneTrace) {
  serve(fine);

  EXPECT_TRUE(traced_score().ok());

  const aloft::testing::SpanCopy call = span_of(SpanKind::remote);
  EXPECT_EQ(call.name, "fraud");
  EXPECT_EQ(call.parent_id, root_id);
  EXPECT_EQ(call.http_method, "POST");
  EXPECT_EQ(call.http_url, "grpc://fraud/acme.Scores/Score");
  EXPECT_EQ(call.http_status, 200);
  EXPECT_EQ(call.annotation("grpc_status"), "");
  EXPECT_EQ(call.annotation("messages_sent"), "");
  const aloft::testing::SpanCopy served = span_of(SpanKind::server);
  EXPECT_EQ(served.trace_id, call.trace_id);
  EXPECT_EQ(served.parent_id, call.id);
  EXPECT_EQ(served.http_url, "grpc://fraud/acme.Scores/Score");
  EXPECT_EQ(served.http_client_ip, "127.0.0.1");
  EXPECT_EQ(served.http_status, 200);
  expect_nowhere(call, "secret");
  expect_nowhere(served, "secret");
}

TEST_F(GrpcCalls, BeginANewTraceAtAnEdgeThatTrustsNobody) {
  serve(fine, http::EdgePolicy::restart);

  EXPECT_TRUE(traced_score().ok());

  const aloft::testing::SpanCopy served = span_of(SpanKind::server);
  EXPECT_NE(served.trace_id, span_of(SpanKind::remote).trace_id);
  EXPECT_FALSE(served.parent_id.valid());
}

TEST_F(GrpcCalls, SendBothHeadersInPlaceOfTheCallersOwn) {
  std::multimap<std::string, std::string> seen;
  serve([&](grpc::ServerContext& context) {
    for (const auto& [name, value] : context.client_metadata()) {
      seen.emplace(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
    }
    return grpc::Status::OK;
  });
  grpc::ClientContext context;
  context.AddMetadata("x-amzn-trace-id", "Root=1-5759e988-bd862e3fe1be46a994272793");
  context.AddMetadata("x-mine", "kept");
  {
    const GrpcCall call = client_.trace(context, *root);
    EXPECT_TRUE(score(context).ok());
  }

  TraceContext sent = root->context();
  sent.span_id = span_of(SpanKind::remote).id;
  EXPECT_EQ(seen.count("x-amzn-trace-id"), 1U);
  EXPECT_EQ(seen.find("x-amzn-trace-id")->second, write_xray_header(sent).view());
  EXPECT_EQ(seen.find("traceparent")->second, write_traceparent(sent).view());
  EXPECT_EQ(seen.find("x-mine")->second, "kept");
}

TEST_F(GrpcCalls, AreKnownToTheSampler) {
  const auto sampler = std::make_shared<NotingSampler>();
  const Bench noting(sampled_by(sampler));
  tracer_ = noting.tracer;
  tenant_ = [](const grpc::ServerContextBase&) { return "acme"; };
  serve(fine);
  grpc::ClientContext context;
  context.set_authority("scores.internal");

  EXPECT_TRUE(score(context).ok());

  stop();
  EXPECT_EQ(sampler->told(), (NotingSampler::Told{"fraud", "acme", "scores.internal", "POST",
                                                  "/acme.Scores/Score"}));
}

TEST_F(GrpcCalls, ReadTheLineOfTheTraceThatCanBeRead) {
  serve(fine);
  grpc::ClientContext context;
  context.AddMetadata("x-amzn-trace-id", "Root=none");
  context.AddMetadata("x-amzn-trace-id", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1");

  EXPECT_TRUE(score(context).ok());

  EXPECT_EQ(span_of(SpanKind::server).trace_id.xray_text().view(),
            "1-5759e988-bd862e3fe1be46a994272793");
}

TEST_F(GrpcCalls, GiveTheHandlerTheirSpan) {
  serve([&](grpc::ServerContext& context) {
    tracing_->child(context, "look up").end();
    tracing_->find(context)->annotate("model", 3);
    return grpc::Status::OK;
  });

  EXPECT_TRUE(traced_score().ok());

  const aloft::testing::SpanCopy served = span_of(SpanKind::server);
  EXPECT_EQ(served.annotation("model"), "3");
  EXPECT_EQ(bench.memory.span("look up").parent_id, served.id);
  const grpc::ServerContext unknown;
  EXPECT_EQ(tracing_->find(unknown), nullptr);
  EXPECT_FALSE(tracing_->child(unknown, "look up").recording());
}

TEST_F(GrpcCalls, AreErrorsThrottlesAndFaultsByTheirStatus) {
  serve(failing(grpc::StatusCode::NOT_FOUND));
  EXPECT_EQ(traced_score().error_code(), grpc::StatusCode::NOT_FOUND);

  for (const SpanKind kind : {SpanKind::remote, SpanKind::server}) {
    const aloft::testing::SpanCopy span = span_of(kind);
    EXPECT_TRUE(span.error && !span.throttle && !span.fault);
    EXPECT_EQ(span.http_status, 404);
    EXPECT_EQ(span.annotation("grpc_status"), "NOT_FOUND");
    EXPECT_TRUE(span.exceptions.empty());
    expect_nowhere(span, "secret");
  }
}

TEST_F(GrpcCalls, AreThrottlesWhenAResourceIsExhausted) {
  serve(failing(grpc::StatusCode::RESOURCE_EXHAUSTED));
  traced_score();

  EXPECT_TRUE(span_of(SpanKind::remote).throttle);
  EXPECT_TRUE(span_of(SpanKind::server).throttle);
}

TEST_F(GrpcCalls, AreFaultsWithoutTheTextOfTheStatus) {
  serve(failing(grpc::StatusCode::INTERNAL));
  traced_score();

  for (const SpanKind kind : {SpanKind::remote, SpanKind::server}) {
    const aloft::testing::SpanCopy span = span_of(kind);
    EXPECT_TRUE(span.fault);
    ASSERT_EQ(span.exceptions.size(), 1U);
    EXPECT_EQ(span.exceptions[0].type, "internal");
    EXPECT_EQ(span.exceptions[0].message, "INTERNAL");
    expect_nowhere(span, "secret");
  }
}

TEST_F(GrpcCalls, CountTheMessagesOfAStream) {
  serve(fine);
  {
    grpc::ClientContext context;
    const GrpcCall call = client_.trace(context, *root);
    const auto stream = watch(context);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(stream->Write(bytes("secret")));
    stream->WritesDone();
    for (ByteBuffer message; stream->Read(&message);) {
    }
    EXPECT_TRUE(stream->Finish().ok());
  }

  const aloft::testing::SpanCopy call = span_of(SpanKind::remote);
  EXPECT_EQ(call.http_url, "grpc://fraud/acme.Scores/Watch");
  EXPECT_EQ(call.annotation("messages_sent"), "3");
  EXPECT_EQ(call.annotation("messages_received"), "6");
  const aloft::testing::SpanCopy served = span_of(SpanKind::server);
  EXPECT_EQ(served.annotation("messages_received"), "3");
  EXPECT_EQ(served.annotation("messages_sent"), "6");
}

TEST_F(GrpcCalls, AreTheSameInTheCallbackApi) {
  Echo echo([this](grpc::GenericCallbackServerContext& context) {
    tracing_->child(context, "look up").end();
  });
  grpc::ServerBuilder builder;
  builder.RegisterCallbackGenericService(&echo);
  start(builder, http::EdgePolicy::trust);
  {
    grpc::ClientContext context;
    const GrpcCall call = client_.trace(context, *root);
    const ByteBuffer wanted = bytes("secret");
    ByteBuffer answer;
    std::promise<grpc::Status> done;
    grpc::TemplatedGenericStub<ByteBuffer, ByteBuffer> stub(channel_);
    stub.UnaryCall(&context, kScore, {}, &wanted, &answer,
                   [&](grpc::Status status) { done.set_value(std::move(status)); });
    EXPECT_TRUE(done.get_future().get().ok());
  }

  const aloft::testing::SpanCopy call = span_of(SpanKind::remote);
  EXPECT_EQ(call.http_url, "grpc://fraud/acme.Scores/Score");
  EXPECT_EQ(call.http_status, 200);
  const aloft::testing::SpanCopy served = span_of(SpanKind::server);
  EXPECT_EQ(served.parent_id, call.id);
  EXPECT_EQ(served.annotation("messages_received"), "1");
  EXPECT_EQ(served.annotation("messages_sent"), "1");
  EXPECT_EQ(bench.memory.span("look up").parent_id, served.id);
}

TEST_F(GrpcCalls, AreCancelledErrorsWhenTheCallerCancels) {
  serve(fine);
  {
    grpc::ClientContext context;
    const GrpcCall call = client_.trace(context, *root);
    const auto stream = watch(context);
    stream->Write(bytes("a"));
    context.TryCancel();
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }

  const aloft::testing::SpanCopy call = span_of(SpanKind::remote);
  EXPECT_EQ(call.annotation("grpc_status"), "CANCELLED");
  EXPECT_TRUE(call.error && !call.fault);
}

TEST_F(GrpcCalls, AreFaultsWhenNobodyListens) {
  const http_client::ClosedPort closed;
  const std::string url = closed.url();
  connect(
      url.substr(std::string("http://").size(), url.rfind('/') - std::string("http://").size()));

  EXPECT_EQ(traced_score().error_code(), grpc::StatusCode::UNAVAILABLE);

  const aloft::testing::SpanCopy call = span_of(SpanKind::remote);
  EXPECT_TRUE(call.fault);
  EXPECT_EQ(call.http_status, 503);
  EXPECT_EQ(call.exceptions.at(0).type, "unavailable");
}

TEST_F(GrpcCalls, AreFaultsWhenTheyWereTracedAndNeverMade) {
  serve(fine);
  grpc::ClientContext context;
  { const GrpcCall call = client_.trace(context, *root); }
  EXPECT_TRUE(score(context).ok());  // no span waits for it any more

  const aloft::testing::SpanCopy call = span_of(SpanKind::remote);
  EXPECT_TRUE(call.fault);
  EXPECT_EQ(call.exceptions.at(0).type, "dropped");
  EXPECT_FALSE(span_of(SpanKind::server).parent_id.valid());
}

TEST_F(GrpcCalls, ThatAreNotTracedRecordNothingAtTheClient) {
  serve(fine);
  grpc::ClientContext context;
  EXPECT_TRUE(score(context).ok());

  EXPECT_FALSE(span_of(SpanKind::server).parent_id.valid());
  for (const aloft::testing::SpanCopy& span : bench.memory.spans()) {
    EXPECT_NE(span.kind, SpanKind::remote);
  }
}

TEST_F(GrpcCalls, OfADroppedTraceAreNotRecordedOnEitherSide) {
  serve(fine);
  Span dropped = dropped_root();
  grpc::ClientContext context;
  {
    const GrpcCall call = client_.trace(context, dropped);
    EXPECT_TRUE(score(context).ok());
  }

  stop();
  EXPECT_TRUE(children().empty());
}

TEST(GrpcPeer, IsAnAddressWithoutItsPort) {
  EXPECT_EQ(detail::address_of_peer("ipv4:10.0.0.7:50051"), "10.0.0.7");
  EXPECT_EQ(detail::address_of_peer("ipv6:[::1]:50051"), "::1");
  EXPECT_EQ(detail::address_of_peer("ipv6:%5Bfe80::1%5D:50051"), "fe80::1");
  EXPECT_EQ(detail::address_of_peer("unix:/run/fraud"), "");
  EXPECT_EQ(detail::address_of_peer(""), "");
}

TEST(GrpcCode, OfANumberThatGrpcDoesNotDefineIsUnknown) {
  EXPECT_EQ(grpc_code(grpc::StatusCode::DO_NOT_USE).name, "UNKNOWN");
}

}  // namespace
}  // namespace aloft::integrations
