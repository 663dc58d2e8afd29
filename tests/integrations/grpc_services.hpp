// SPDX-License-Identifier: Apache-2.0
// Two services of gRPC, written by hand for plain bytes: what protoc would generate takes longer to
// compile than all that is tested with them.
#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/impl/rpc_service_method.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/method_handler.h>
#include <grpcpp/support/sync_stream.h>

#include <functional>
#include <string>
#include <utility>

namespace aloft::integrations {

using grpc::ByteBuffer;
using grpc::internal::RpcMethod;
using grpc::internal::RpcServiceMethod;
using Stream = grpc::ServerReaderWriter<ByteBuffer, ByteBuffer>;

inline constexpr const char* kScore = "/acme.Scores/Score";
inline constexpr const char* kWatch = "/acme.Scores/Watch";

inline ByteBuffer bytes(const std::string& text) {
  const grpc::Slice slice(text);
  return ByteBuffer(&slice, 1);
}

class Scores : public grpc::Service {
 public:
  using Answer = std::function<grpc::Status(grpc::ServerContext&)>;

  explicit Scores(Answer answer) : answer_(std::move(answer)) {
    AddMethod(new RpcServiceMethod(
        kScore, RpcMethod::NORMAL_RPC,
        new grpc::internal::RpcMethodHandler<Scores, ByteBuffer, ByteBuffer>(
            [](Scores* self, grpc::ServerContext* context, const ByteBuffer*, ByteBuffer* out) {
              *out = bytes("secret");
              return self->answer_(*context);
            },
            this)));
    AddMethod(new RpcServiceMethod(
        kWatch, RpcMethod::BIDI_STREAMING,
        new grpc::internal::BidiStreamingHandler<Scores, ByteBuffer, ByteBuffer>(
            [](Scores* self, grpc::ServerContext* context, Stream* stream) {
              for (ByteBuffer message; stream->Read(&message);) {
                stream->Write(message);
                stream->Write(message);
              }
              return self->answer_(*context);
            },
            this)));
  }

 private:
  const Answer answer_;
};

/// Answers each call with its first message, in the callback API.
class Echo : public grpc::CallbackGenericService {
 public:
  using Begin = std::function<void(grpc::GenericCallbackServerContext&)>;

  explicit Echo(Begin begin) : begin_(std::move(begin)) {}
  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    begin_(*context);
    return new Reactor;
  }

 private:
  class Reactor : public grpc::ServerGenericBidiReactor {
   public:
    Reactor() { StartRead(&message_); }
    void OnReadDone(bool ok) override {
      if (ok) return StartWrite(&message_);
      Finish(grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "no message"));
    }
    void OnWriteDone(bool) override { Finish(grpc::Status::OK); }
    void OnDone() override { delete this; }

   private:
    ByteBuffer message_;
  };

  const Begin begin_;
};

}  // namespace aloft::integrations
