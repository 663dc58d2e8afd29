// SPDX-License-Identifier: Apache-2.0

// Package sdk sets up the X-Ray SDK in the two modes of the comparison.
package sdk

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"github.com/aws/aws-xray-sdk-go/strategy/sampling"
	"github.com/aws/aws-xray-sdk-go/xray"
	"github.com/aws/aws-xray-sdk-go/xraylog"
)

// sampleAll are local rules that sample every request.
const sampleAll = `{"version": 2, "default": {"fixed_target": 0, "rate": 1}, "rules": []}`

// fewerCollections is how much garbage may be beside what lives, in per cent: 100 as shipped.
const fewerCollections = 400

// SetUp leaves the SDK as it is for the mode "shipped": central sampling, asked of the daemon's port,
// and a logger on standard output. "configured" is what its settings allow for less work: local rules,
// no logger, and a collector that runs less often.
func SetUp(mode string) {
	switch mode {
	case "shipped":
	case "configured":
		rules, err := sampling.NewLocalizedStrategyFromJSONBytes([]byte(sampleAll))
		if err == nil {
			err = xray.Configure(xray.Config{SamplingStrategy: rules})
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		xray.SetLogger(xraylog.NullLogger)
		debug.SetGCPercent(fewerCollections)
	default:
		fmt.Fprintln(os.Stderr, "a mode is shipped or configured")
		os.Exit(2)
	}
}

// requestTimeout is what the context of a request has as Lambda hands it over.
const requestTimeout = 30 * time.Second

// RequestContext is what a request starts from: with a deadline, as servers give it, for the mode
// "shipped"; "configured" has none, so that the SDK's goroutine for each segment has one parent less.
func RequestContext(mode string) (context.Context, context.CancelFunc) {
	if mode == "shipped" {
		return context.WithTimeout(context.Background(), requestTimeout)
	}
	return context.Background(), func() {}
}
