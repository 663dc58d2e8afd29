// SPDX-License-Identifier: Apache-2.0

// The X-Ray SDK for Go under the load of the comparison: a segment and two subsegments with eight
// annotations each, sent by its emitter. AWS_XRAY_DAEMON_ADDRESS says where.
package main

import (
	"github.com/aws/aws-xray-sdk-go/xray"

	"aloft.example/rivals/load"
	"aloft.example/rivals/sdk"
)

func annotate(segment *xray.Segment, number int) {
	segment.AddAnnotation("tenant_id", "acme")
	segment.AddAnnotation("request_id", "req-0123456789abcdef")
	segment.AddAnnotation("route", "/v1/charges")
	segment.AddAnnotation("currency", "EUR")
	segment.AddAnnotation("amount_minor", number)
	segment.AddAnnotation("attempt", 1)
	segment.AddAnnotation("ratio", 0.25)
	segment.AddAnnotation("cached", false)
}

func main() {
	words := load.ParseWords()
	sdk.SetUp(words.Mode)
	number := 0
	load.Run(words, func() (func(), func() bool) {
		number++
		base, cancel := sdk.RequestContext(words.Mode)
		if words.Scenario == "load" {
			return func() {}, func() bool { cancel(); return false }
		}
		var root *xray.Segment
		timed := func() {
			ctx, segment := xray.BeginSegment(base, "payments")
			root = segment
			annotate(root, number)
			for range 2 {
				_, child := xray.BeginSubsegment(ctx, "ledger")
				annotate(child, number)
				child.Close(nil)
			}
			root.Close(nil)
		}
		return timed, func() bool { cancel(); return root.Sampled }
	})
}
