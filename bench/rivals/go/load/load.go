// SPDX-License-Identifier: Apache-2.0

// Package load is the load of the comparison by UDP, as bench/rivals/aloft_udp.cpp makes it: so many
// requests a second in bursts of a hundredth of a second, each timed, and what the whole process
// used for them.
package load

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// Pace is how long the load sleeps between bursts.
const Pace = 10 * time.Millisecond

const warmUpSeconds = 2

// Words are what a program is started with: SCENARIO MODE [REQUESTS-PER-SECOND [SECONDS]].
type Words struct {
	Scenario, Mode string
	Rate, Seconds  int
}

// ParseWords reads the command line, and ends the program where it makes no sense.
func ParseWords() Words {
	words := Words{Rate: 5000, Seconds: 3}
	arguments := os.Args[1:]
	if len(arguments) < 2 {
		fmt.Fprintln(os.Stderr, "SCENARIO MODE [REQUESTS-PER-SECOND [SECONDS]]")
		os.Exit(2)
	}
	words.Scenario, words.Mode = arguments[0], arguments[1]
	for i, into := range []*int{&words.Rate, &words.Seconds} {
		if len(arguments) > 2+i {
			number, err := strconv.Atoi(arguments[2+i])
			if err != nil || number <= 0 {
				fmt.Fprintln(os.Stderr, arguments[2+i], "is no positive number")
				os.Exit(2)
			}
			*into = number
		}
	}
	return words
}

// Request makes one request ready. `timed` handles it; `after` tidies up and tells whether it was
// sampled.
type Request func() (timed func(), after func() bool)

// Run makes the load, warm-up first, and prints one line of names and values.
func Run(words Words, request Request) {
	warm := paced(words.Rate, warmUpSeconds, request)
	before := cpu()
	measured := paced(words.Rate, words.Seconds, request)
	used := cpu() - before

	slices.Sort(measured.times)
	at := func(share float64) time.Duration {
		return measured.times[int(share*float64(len(measured.times)-1))]
	}
	made := len(measured.times)
	fmt.Fprintf(os.Stderr, "requests %d sampled %d made %d dropped 0 p50_ns %d p99_ns %d "+
		"cpu_us_per_request %.3f\n",
		made, measured.sampled, warm.sampled+measured.sampled, at(0.5).Nanoseconds(),
		at(0.99).Nanoseconds(), float64(used.Nanoseconds())/1e3/float64(made))
}

type outcome struct {
	times   []time.Duration
	sampled int
}

func paced(rate, seconds int, request Request) outcome {
	result := outcome{times: make([]time.Duration, 0, rate*seconds)}
	began := time.Now()
	for passed := Pace; passed <= time.Duration(seconds)*time.Second; passed += Pace {
		due := int(passed/time.Millisecond) * rate / 1000
		for len(result.times) < due {
			timed, after := request()
			start := time.Now()
			timed()
			result.times = append(result.times, time.Since(start))
			if after() {
				result.sampled++
			}
		}
		time.Sleep(time.Until(began.Add(passed)))
	}
	return result
}

// cpu is the user and system time of the process so far, all threads.
func cpu() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
