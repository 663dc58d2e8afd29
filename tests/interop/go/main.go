// SPDX-License-Identifier: Apache-2.0

// Sends COUNT segments of one subsegment each with the X-Ray SDK for Go: `go-peer COUNT`.
// Prints how many it handed to the kernel.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/aws/aws-xray-sdk-go/header"
	"github.com/aws/aws-xray-sdk-go/xray"
)

func main() {
	count, err := strconv.Atoi(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "usage: go-peer COUNT")
		os.Exit(2)
	}
	request, err := http.NewRequest(http.MethodGet, "http://shop.example/orders", nil)
	if err != nil {
		panic(err)
	}
	decided := &header.Header{SamplingDecision: header.Sampled}
	for number := 0; number < count; number++ {
		ctx, segment := xray.NewSegmentFromHeader(context.Background(), "go-peer", request, decided)
		_ = xray.AddAnnotation(ctx, "tenant_id", "acme")
		_ = xray.AddMetadata(ctx, "number", number)
		_ = xray.Capture(ctx, "step", func(context.Context) error {
			if number%10 == 0 {
				return errors.New("every tenth fails")
			}
			return nil
		})
		segment.Close(nil) // The SDK sends here, and tells nobody whether it could.
		time.Sleep(time.Millisecond)
	}
	fmt.Printf("{\"sent\": %d}\n", count)
}
