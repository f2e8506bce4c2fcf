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

usage: go run ./examples/quickstart [-users N] [-latency DURATION] [-seed N] [-trace FORMAT]

  -users N
        how many people of the graph to use, from %d to %d (the default)
        example: -users 50
  -latency DURATION
        how long the store takes for one round trip; 0 for none (default %v)
        example: -latency 20ms
  -seed N
        any whole number: picks the two users to load, and who is me (default %d)
        example: -seed 7
  -trace FORMAT
        also show what the loader did: text, a waterfall below the comparison; or html, a page, or chrome, a file
        for https://ui.perfetto.dev, of the second question, alone on standard output
        example: -trace html > trace.html
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
	set, err := parse(args, len(graph))
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(stdout, usage, fewestUsers, len(graph), defaultLatency, defaultSeed)
		return 0
	}
	if err != nil {
		fmt.Fprintf(stderr, "quickstart: %v (-h explains the flags)\n", err)
		return 2
	}
	graph = graph.firstUsers(set.users)
	comparisons, err := compareAll(context.Background(), graph, set.latency, set.seed)
	if err != nil {
		fmt.Fprintln(stderr, "quickstart:", err)
		return 1
	}
	if err := show(stdout, stderr, graph, set, comparisons); err != nil {
		fmt.Fprintln(stderr, "quickstart:", err)
		return 1
	}
	return 0
}

// show keeps a page or a file apart from the comparison, so that it can be redirected.
func show(stdout, stderr io.Writer, graph Graph, set settings, comparisons []Comparison) error {
	query := comparisons[len(comparisons)-1].Trace
	switch set.trace {
	case "html":
		report(stderr, graph, set.latency, comparisons)
		return query.HTML(stdout)
	case "chrome":
		report(stderr, graph, set.latency, comparisons)
		return query.ChromeTrace(stdout)
	}
	report(stdout, graph, set.latency, comparisons)
	if set.trace == "text" {
		for _, c := range comparisons {
			fmt.Fprintf(stdout, "\n%s\n\n%s", c.Question, c.Trace.Text())
		}
	}
	return nil
}

// settings are the flags.
type settings struct {
	users   int
	latency time.Duration
	seed    int
	trace   string // empty, text, html or chrome
}

func parse(args []string, shipped int) (settings, error) {
	set := settings{users: shipped, latency: defaultLatency, seed: defaultSeed}
	flags := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // the one line on stderr is run's
	flags.Func("users", "", func(s string) (err error) {
		if set.users, err = strconv.Atoi(s); err != nil || set.users < fewestUsers || set.users > shipped {
			return fmt.Errorf("want a whole number from %d to %d", fewestUsers, shipped)
		}
		return nil
	})
	flags.Func("latency", "", func(s string) (err error) {
		if set.latency, err = time.ParseDuration(s); err != nil || set.latency < 0 {
			return errors.New("want a duration such as 20ms, and none below 0")
		}
		return nil
	})
	flags.Func("seed", "", func(s string) (err error) {
		if set.seed, err = strconv.Atoi(s); err != nil {
			return errors.New("want a whole number such as 7")
		}
		return nil
	})
	flags.Func("trace", "", func(s string) error {
		if s != "text" && s != "html" && s != "chrome" {
			return errors.New("want text, html or chrome")
		}
		set.trace = s
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return settings{}, err
	}
	if flags.NArg() > 0 {
		return settings{}, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	return set, nil
}
