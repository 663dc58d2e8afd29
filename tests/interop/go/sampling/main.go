// SPDX-License-Identifier: Apache-2.0

// Drives the central sampler of the X-Ray SDK for Go by lines of JSON; see central_sampling.py.
// The SDK's own polls run when a line says so, at the second that it says: its clock and its two
// polls are not exported, so they are reached by their names.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strconv"
	"time"
	"unsafe"

	"github.com/aws/aws-xray-sdk-go/daemoncfg"
	"github.com/aws/aws-xray-sdk-go/strategy/sampling"
	"github.com/aws/aws-xray-sdk-go/utils"
	"github.com/aws/aws-xray-sdk-go/xray"
	"github.com/aws/aws-xray-sdk-go/xraylog"
)

//go:linkname start github.com/aws/aws-xray-sdk-go/strategy/sampling.newProxy
func start(d *daemoncfg.DaemonEndpoints) (proxy, error)

//go:linkname refreshManifest github.com/aws/aws-xray-sdk-go/strategy/sampling.(*CentralizedStrategy).refreshManifest
func refreshManifest(s *sampling.CentralizedStrategy) error

//go:linkname refreshTargets github.com/aws/aws-xray-sdk-go/strategy/sampling.(*CentralizedStrategy).refreshTargets
func refreshTargets(s *sampling.CentralizedStrategy) error

// Laid out as the interface that the SDK returns.
type proxy struct{ table, data unsafe.Pointer }

type step struct {
	Op                                string
	Second                            int64
	Rereads                           bool
	Host, Method, Path, Service, Type string
}

// The field of that name, exported or not.
func field(of interface{}, name string) reflect.Value {
	found := reflect.ValueOf(of).Elem().FieldByName(name)
	return reflect.NewAt(found.Type(), unsafe.Pointer(found.UnsafeAddr())).Elem()
}

func main() {
	epoch, err := strconv.ParseInt(os.Getenv("EPOCH"), 10, 64)
	if err != nil {
		fmt.Fprintln(os.Stderr, "EPOCH is no number")
		os.Exit(2)
	}
	xray.SetLogger(xraylog.NullLogger) // It would write among the answers.
	strategy, err := sampling.NewCentralizedStrategy()
	if err != nil {
		panic(err)
	}
	clock := &utils.MockClock{NowTime: epoch}
	manifest := field(strategy, "manifest").Interface()
	field(strategy, "clock").Set(reflect.ValueOf(clock))
	field(manifest, "clock").Set(reflect.ValueOf(clock))
	service, err := start(daemoncfg.GetDaemonEndpoints())
	if err != nil {
		panic(err)
	}
	*(*proxy)(unsafe.Pointer(field(strategy, "proxy").UnsafeAddr())) = service
	field(strategy, "pollerStart").SetBool(true)
	local := field(field(strategy, "fallback").Interface(), "manifest").Interface()
	setLocalClock(local, clock)

	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var now step
		if err := json.Unmarshal(lines.Bytes(), &now); err != nil {
			panic(err)
		}
		clock.NowTime = epoch + now.Second
		answer := map[string]interface{}{}
		switch now.Op {
		case "rules":
			_ = refreshManifest(strategy)
		case "report":
			setRuleClocks(manifest, clock)
			_ = refreshTargets(strategy)
			for now.Rereads && field(manifest, "refreshedAt").Int() != clock.NowTime {
				time.Sleep(time.Millisecond) // It reads in a goroutine of its own.
			}
		default:
			setRuleClocks(manifest, clock)
			decision := strategy.ShouldTrace(&sampling.Request{Host: now.Host, Method: now.Method,
				URL: now.Path, ServiceName: now.Service, ServiceType: now.Type})
			if decision.Sample && decision.Rule != nil {
				answer["rule"] = *decision.Rule
			} else {
				answer["sampled"] = decision.Sample
			}
		}
		told, err := json.Marshal(answer)
		if err != nil {
			panic(err)
		}
		fmt.Println(string(told))
	}
}

// Each rule that was read has a clock of its own.
func setRuleClocks(manifest interface{}, clock *utils.MockClock) {
	index := field(manifest, "Index")
	for _, name := range index.MapKeys() {
		field(index.MapIndex(name).Interface(), "clock").Set(reflect.ValueOf(clock))
	}
}

// The reservoirs of the local rules have a clock of their own.
func setLocalClock(manifest interface{}, clock *utils.MockClock) {
	rule := field(manifest, "Default").Interface()
	reservoir := field(rule, "reservoir").Interface()
	field(reservoir, "clock").Set(reflect.ValueOf(clock))
}
