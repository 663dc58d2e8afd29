// SPDX-License-Identifier: Apache-2.0

// The original's tracing middleware around a handler that does nothing, under the load of the
// comparison. What it records is its own choice: ten annotations and five entries of metadata.
package main

import (
	"strings"

	"github.com/pay-theory/lift/pkg/lift"
	"github.com/pay-theory/lift/pkg/lift/adapters"
	"github.com/pay-theory/lift/pkg/observability/xray"

	"aloft.example/rivals/load"
	"aloft.example/rivals/sdk"
)

// headers are those of a request behind a load balancer, in lower case as the original's own adapters
// hand them over. As shipped all of them are recorded; configured away, an adapter has taken them out
// but for the three that are worth a record.
func headers(shipped bool) map[string]string {
	kept := map[string]string{
		"user-agent": "curl/8.0", "accept": "*/*", "content-type": "application/json",
	}
	if shipped {
		kept["authorization"] = "Bearer 0123456789abcdef0123456789abcdef"
		kept["cookie"] = "session=0123456789abcdef"
		kept["x-forwarded-for"] = "192.0.2.7"
		kept["x-amzn-trace-id"] = "Root=1-67891233-abcdef012345678912345678"
	}
	return kept
}

func incoming(shipped bool) *lift.Request {
	request := &adapters.Request{
		TriggerType: lift.TriggerAPIGatewayV2, Method: "POST", Path: "/v1/charges",
		Headers: headers(shipped),
	}
	if shipped {
		request.QueryParams = map[string]string{"expand": "customer", "limit": "10"}
	}
	return lift.NewRequest(request)
}

func main() {
	words := load.ParseWords()
	sdk.SetUp(words.Mode)
	shipped := words.Mode == "shipped"
	var handler lift.Handler = lift.HandlerFunc(func(*lift.Context) error { return nil })
	if words.Scenario != "load" {
		handler = xray.XRayMiddleware(xray.XRayConfig{
			ServiceName: "payments", ServiceVersion: "1.2.3", Environment: "prod",
		})(handler)
	}
	load.Run(words, func() (func(), func() bool) {
		base, cancel := sdk.RequestContext(words.Mode)
		ctx := lift.NewContext(base, incoming(shipped))
		ctx.SetRequestID("req-0123456789abcdef")
		ctx.SetTenantID("acme")
		ctx.SetUserID("user-0000042")
		timed := func() { _ = handler.Handle(ctx) }
		return timed, func() bool { cancel(); return sampled(ctx.Request) }
	})
}

// sampled reads what the middleware writes into the request's headers: the SDK's ids of what it does
// not sample are zeros.
func sampled(request *lift.Request) bool {
	id := request.Headers["X-Trace-Id"]
	return id != "" && !strings.HasPrefix(id, "1-00000000-")
}
