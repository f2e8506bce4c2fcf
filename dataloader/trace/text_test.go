package trace_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/dataloader/trace"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

func TestTextIsAWaterfall(t *testing.T) {
	bubble(t, func(t *testing.T) {
		require.Equal(t, `round 1     keys  took  0                                  18ms
  posts        5   4ms  ========                                 1 2 3 4 5
  search       1   2ms  ====                                     "what is new"
  ! no index for "what is new"
round 2
  users        3   8ms          ==================               10 11 12
round 3
  tags 1/2     3   3ms                            ======         101 102 103
  tags 2/2     2   3ms                            ......=======  104 105

3 rounds, 5 batches, 14 keys; 16 loads, 2 hits; 18ms in the loop, 20ms in batch functions;
  1 batch and 1 key failed
advice: tags: WithMaxBatchSize(3) cut the 5 keys of 1 round into 2 batches: raise it if
  the source can take more
`, blog(t).Text(trace.TextPlain(), trace.TextWidth(90)))
	})
}

func TestTextInColour(t *testing.T) {
	bubble(t, func(t *testing.T) {
		text := blog(t).Text(trace.TextColour(), trace.TextWidth(70))
		text = strings.ReplaceAll(text, "\x1b[", "<")
		require.Contains(t, text, `                18ms
  posts        5   4ms  <36m█████<0m                       1 2 3 4 5
  search       1   2ms  <31m██<0m                          "what is new"
  <31m! no index for "what is new"<0m
`)
	})
}

func TestTextFollowsTheEnvironment(t *testing.T) {
	bubble(t, func(t *testing.T) {
		rec := blog(t)
		for columns, width := range map[string]int{"": 100, "wide": 100, "10": 60, "72": 72, "150": 150} {
			t.Setenv("COLUMNS", columns)
			require.Equal(t, rec.Text(trace.TextPlain(), trace.TextWidth(width)), rec.Text(trace.TextPlain()), columns)
		}
		require.Equal(t, rec.Text(trace.TextPlain()), rec.Text(), "the test's stdout is no terminal")
	})
}

// Whatever the width, the names and the keys, no line is longer than the width and the bars begin in one column.
func TestTextFits(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRequest(t)
		keys := make([]int, 5000)
		for i := range keys {
			keys[i] = i * i * i
		}
		r.loader("タグの読み込み", time.Millisecond, dataloader.WithMaxBatchSize(1200)).LoadMany(keys)
		r.loader("a name that is very much longer than a name for a loader should ever be", time.Hour).LoadMany(keys)
		words := dataloader.New(r.loop, echo[string](time.Microsecond), dataloader.WithName("👍🏽 é"))
		words.LoadMany([]string{strings.Repeat("長い", 100), "", "two words", "line\nbreak", "\x1b[31mred", "\u202egnorw", "\xff"})
		r.run()
		for width := 60; width < 200; width += 7 {
			for _, style := range []trace.TextOption{trace.TextPlain(), trace.TextColour()} {
				for line := range strings.Lines(r.rec.Text(style, trace.TextWidth(width))) {
					line = uncoloured.Replace(strings.TrimSuffix(line, "\n"))
					require.LessOrEqual(t, trace.Cells(line), width, "%q", line)
					require.NotContains(t, line, "\x1b")
					require.NotContains(t, line, "\u202e")
				}
			}
		}
		wide := r.rec.Text(trace.TextPlain(), trace.TextWidth(400))
		require.Contains(t, wide, `"" "two words" line\nbreak \x1b[31mred \u202egnorw \xff`)
		require.Contains(t, wide, " 0 1 8 27 64 125 ")
		require.Contains(t, wide, "タグの読み込み 1/5                                                       1200     1ms  =")
	})
}

var uncoloured = strings.NewReplacer(
	"\x1b[31m", "", "\x1b[32m", "", "\x1b[33m", "", "\x1b[34m", "", "\x1b[35m", "", "\x1b[36m", "", "\x1b[0m", "",
)

func TestTextDrawsABatchThatTookNoTime(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRequest(t)
		last := r.loader("last", 0)
		r.loader("first", time.Second).LoadMany([]int{1, 2}).Then(func([]int) *promise.Promise[[]int] {
			return last.LoadMany([]int{3, 4})
		})
		r.run()
		require.Contains(t, r.rec.Text(trace.TextPlain()), "  last      2    0s                                                =  3 4\n")
	})
}

func TestTextOfManyBatchesStops(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRequest(t)
		r.loader("users", 0, dataloader.WithoutBatching()).LoadMany(make([]int, 1))
		keys := make([]int, 500)
		for i := range keys {
			keys[i] = i
		}
		r.loader("posts", 0, dataloader.WithoutBatching()).LoadMany(keys)
		r.run()
		text := r.rec.Text(trace.TextPlain())
		require.Equal(t, 199, strings.Count(text, "  posts"))
		require.Contains(t, text, "\n... and 301 more batches\n")
	})
}

func TestTextOfSeveralRuns(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRequest(t)
		users := r.loader("users", time.Millisecond)
		require.Equal(t, "nothing was loaded\n", r.rec.Text(trace.TextPlain()))
		users.Load(1)
		users.Load(2)
		r.run()
		time.Sleep(time.Hour)
		r.run() // nothing to do, nothing to show
		time.Sleep(time.Hour)
		users.Load(3)
		users.Load(4)
		users.Load(4)
		r.run()
		require.Equal(t, `run 1, after 0s
round 1  keys  took  0               1ms
  users     2   1ms  ===================  1 2
run 2, after 2h0m0s
round 2  keys  took  0               1ms
  users     2   1ms  ===================  3 4

2 rounds, 2 batches, 4 keys; 5 loads, 1 hit; 2ms in the
  loop, 2ms in batch functions
`, r.rec.Text(trace.TextPlain(), trace.TextWidth(60)))
	})
}

func TestTextShowsWhatIsInFlight(t *testing.T) {
	bubble(t, func(t *testing.T) {
		rec := trace.New()
		loop := scheduler.New(scheduler.WithObserver(rec))
		r := &request{t, rec, loop}
		slow, quick := r.loader("slow", time.Hour), r.loader("quick", time.Second)
		slow.Load(1)
		_, err := quick.Load(2).Await(t.Context())
		require.NoError(t, err)
		time.Sleep(time.Second)
		text := rec.Text(trace.TextPlain())
		require.Contains(t, text, "\n  quick     1    1s  ")
		require.Contains(t, text, "1   >2s  ")
		require.Contains(t, text, "; 1 batch still\n  running\n")
		require.Equal(t, 1, rec.Summary().Running)

		require.NoError(t, loop.Close())
		text = rec.Text(trace.TextPlain())
		require.NotContains(t, text, "running")
		require.Contains(t, text, "  ! scheduler: closed before this was done; to wait for it, call Run\n")
		time.Sleep(2 * time.Hour) // the batch function's ctx was the test's
	})
}
