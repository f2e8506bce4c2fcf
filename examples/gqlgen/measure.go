// The measure command: it asks each query many times of each kind of loader, idle and with busy processors, and writes what
// that cost into the README, between two markers.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/batchtick/batchtick/examples/gqlgen/store"
	"github.com/batchtick/batchtick/scheduler"
)

// burners is how many goroutines keep the processors busy.
const burners = 4

func measureCommand(ctx context.Context, args []string, stdout, _ io.Writer) error {
	flags := flag.NewFlagSet("measure", flag.ContinueOnError)
	readme := flags.String("readme", "README.md", "the `FILE` with the markers")
	runs := flags.Int("runs", 200, "how often each query is asked")
	users := flags.Int("users", store.DefaultUsers, "how many users the graph has")
	if err := parse(flags, args, stdout); err != nil {
		return err
	}
	if *runs < 1 {
		return badFlags{errors.New("want 1 run at least")}
	}
	s, err := store.Open(ctx, *users)
	if err != nil {
		return err
	}
	defer s.Close()
	var forced atomic.Uint64
	kinds := []http.Handler{
		newTickingHandler(s, func(_ context.Context, stats scheduler.Stats, _ error) { forced.Add(stats.Forced) }),
		newTimedHandler(s, 16*time.Millisecond),
		newTimedHandler(s, time.Millisecond),
	}
	var out strings.Builder
	out.WriteString("| Query | | Expected | Statements, batchtick | 16 ms | 1 ms | Time, batchtick | 16 ms | 1 ms |\n|---|---|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, m := range measured {
		for _, busy := range []bool{false, true} {
			if err := row(ctx, &out, m.name, m.query, m.statements, busy, kinds, *runs); err != nil {
				return fmt.Errorf("%s: %w", m.name, err)
			}
		}
	}
	fmt.Fprintf(&out, "\n%d runs of each, one at a time; %d users; %d processors, busy with %d goroutines that only compute; %s. "+
		"Ticks that patience ended: %d.\n", *runs, *users, runtime.NumCPU(), burners, runtime.Version(), forced.Load())
	fmt.Fprint(stdout, out.String())
	return replaceTable(*readme, "measured", out.String())
}

// row asks one query of each kind in turn, so that whatever else happens on the machine meets all of them.
func row(
	ctx context.Context, out io.Writer, name, query string, least int64, busy bool, kinds []http.Handler, runs int,
) error {
	mood := "idle"
	if busy {
		mood = "busy"
		defer burn(burners)()
	}
	statements, times := make([][]int64, len(kinds)), make([][]time.Duration, len(kinds))
	var data string
	for i := range runs + 1 {
		for k, handler := range kinds {
			a, err := ask(ctx, handler, query)
			switch {
			case err != nil:
				return err
			case i == 0 && k == 0:
				data = a.data
			case a.data != data:
				return errors.New("not all answers are the same")
			}
			if i > 0 { // the first warms up
				statements[k], times[k] = append(statements[k], a.statements), append(times[k], a.took)
			}
		}
	}
	fmt.Fprintf(out, "| %s | %s | %d |", name, mood, least)
	for _, s := range statements {
		slices.Sort(s)
		if s[0] == s[len(s)-1] {
			fmt.Fprintf(out, " %d |", s[0])
		} else {
			fmt.Fprintf(out, " %d, %d, %d |", s[0], s[len(s)/2], s[len(s)-1])
		}
	}
	for _, t := range times {
		slices.Sort(t)
		fmt.Fprintf(out, " %.1f ms |", float64(t[len(t)/2].Microseconds())/1000)
	}
	fmt.Fprintln(out)
	return nil
}

// burn keeps n goroutines computing until stop is called.
func burn(n int) (stop func()) {
	var over atomic.Bool
	ended := make(chan struct{})
	for range n {
		go func() {
			for !over.Load() {
			}
			ended <- struct{}{}
		}()
	}
	return func() {
		over.Store(true)
		for range n {
			<-ended
		}
	}
}

// replaceTable puts the table between the markers of that name.
func replaceTable(file, name, table string) error {
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	begin, end := []byte("<!-- "+name+" -->\n"), []byte("<!-- /"+name+" -->\n")
	before, rest, begins := bytes.Cut(old, begin)
	_, after, ends := bytes.Cut(rest, end)
	if !begins || !ends {
		return fmt.Errorf("%s: the markers %sand %sare missing", file, begin, end)
	}
	return os.WriteFile(file, slices.Concat(before, begin, []byte("\n"+table+"\n"), end, after), 0o644)
}
