// Quickstart shows the main job on real data: the same two questions about a social graph, asked naively and
// through a loader, side by side. Run it with: go run ./examples/quickstart
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"
)

const usage = `quickstart asks a store the same two questions, naively and through a loader, and counts.

usage: go run ./examples/quickstart [-users N] [-latency DURATION] [-seed N]

  -users N
        how many people of the graph to use, from %d to %d (the default)
        example: -users 50
  -latency DURATION
        how long the store takes for one round trip; 0 for none (default %v)
        example: -latency 20ms
  -seed N
        any whole number: picks the two users to load, and who is me (default %d)
        example: -seed 7
`

const (
	defaultLatency = 5 * time.Millisecond
	defaultSeed    = 1
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run returns the exit status: 1 if asking failed or the answers differ, 2 for bad flags.
func run(args []string, stdout, stderr io.Writer) int {
	graph, err := allUsers()
	if err != nil {
		fmt.Fprintln(stderr, "quickstart:", err)
		return 1
	}
	users, latency, seed, err := parse(args, len(graph))
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(stdout, usage, fewestUsers, len(graph), defaultLatency, defaultSeed)
		return 0
	}
	if err != nil {
		fmt.Fprintf(stderr, "quickstart: %v (-h explains the flags)\n", err)
		return 2
	}
	graph = graph.firstUsers(users)
	comparisons, err := compareAll(context.Background(), graph, latency, seed)
	if err != nil {
		fmt.Fprintln(stderr, "quickstart:", err)
		return 1
	}
	report(stdout, graph, latency, comparisons)
	return 0
}

func parse(args []string, shipped int) (users int, latency time.Duration, seed int, err error) {
	users, latency, seed = shipped, defaultLatency, defaultSeed
	flags := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // the one line on stderr is run's
	flags.Func("users", "", func(s string) (err error) {
		if users, err = strconv.Atoi(s); err != nil || users < fewestUsers || users > shipped {
			return fmt.Errorf("want a whole number from %d to %d", fewestUsers, shipped)
		}
		return nil
	})
	flags.Func("latency", "", func(s string) (err error) {
		if latency, err = time.ParseDuration(s); err != nil || latency < 0 {
			return errors.New("want a duration such as 20ms, and none below 0")
		}
		return nil
	})
	flags.Func("seed", "", func(s string) (err error) {
		if seed, err = strconv.Atoi(s); err != nil {
			return errors.New("want a whole number such as 7")
		}
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return 0, 0, 0, err
	}
	if flags.NArg() > 0 {
		return 0, 0, 0, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	return users, latency, seed, nil
}
