// The promise of the first page is counted here: 2 round trips for 4, 4 or fewer for 13, whoever is picked.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func shippedGraph(t *testing.T) Graph {
	t.Helper()
	g, err := allUsers()
	require.NoError(t, err)
	return g
}

func TestTheLoaderSavesWhatThePageSays(t *testing.T) {
	all := shippedGraph(t)
	for _, users := range []int{fewestUsers, fewestUsers + 1, 50, 99, len(all)} {
		for _, seed := range []int{1, 2, 3, 7, 150, 151, 4711, 0, -1, -300, math.MaxInt, math.MinInt} {
			t.Run(fmt.Sprintf("%d users, seed %d", users, seed), func(t *testing.T) {
				g := all.firstUsers(users)
				cs, err := compareAll(t.Context(), g, 0, seed)
				require.NoError(t, err)
				require.Len(t, cs, 2)

				require.Len(t, cs[0].Naive.Trips, 4)
				require.Len(t, cs[0].Loaded.Trips, 2)
				require.Len(t, cs[0].Loaded.Found, 2)

				require.Len(t, cs[1].Naive.Trips, 13)
				require.LessOrEqual(t, len(cs[1].Loaded.Trips), 4)
				require.Len(t, cs[1].Loaded.Found, 1+firstFriends)

				for _, c := range cs {
					require.Equal(t, c.Naive.Found, c.Loaded.Found)
					require.Equal(t, distinct(c.Naive.Trips), distinct(c.Loaded.Trips), "the same records, both ways")
					require.Len(t, distinct(c.Loaded.Trips), keysIn(c.Loaded.Trips), "a loader asks for no key twice")
				}
			})
		}
	}
}

func distinct(trips [][]Key) map[Key]bool {
	keys := map[Key]bool{}
	for _, trip := range trips {
		for _, key := range trip {
			keys[key] = true
		}
	}
	return keys
}

func keysIn(trips [][]Key) (n int) {
	for _, trip := range trips {
		n += len(trip)
	}
	return n
}

func TestThePairIsNeverOneThatTheCacheWouldFlatter(t *testing.T) {
	all := shippedGraph(t)
	for users := fewestUsers; users <= len(all); users++ {
		g := all.firstUsers(users)
		for seed := range users {
			a, b := pickTwo(g, seed)
			best, other := g[a-1].BestFriend, g[b-1].BestFriend
			require.Len(t, map[int]bool{a: true, b: true, best: true, other: true}, 4, "users %d, seed %d", users, seed)
		}
	}
	a, b := pickTwo(all, defaultSeed)
	require.Equal(t, []int{1, 2}, []int{a, b}, "the first thing that everybody sees should be the seed's own example")
}

func TestOnlyRoundTripsTakeTime(t *testing.T) {
	g := shippedGraph(t)
	synctest.Test(t, func(t *testing.T) {
		const latency = 5 * time.Millisecond
		cs, err := compareAll(t.Context(), g, latency, defaultSeed)
		require.NoError(t, err)
		for _, c := range cs {
			for _, run := range []Run{c.Naive, c.Loaded} {
				require.Equal(t, time.Duration(len(run.Trips))*latency, run.Took, c.Question)
			}
		}
	})
}

func TestACancelledRequestDoesNotWaitForTheStore(t *testing.T) {
	g := shippedGraph(t)
	gone := errors.New("the client went away")
	for name, ask := range map[string]ask{
		"naive":  func(ctx context.Context, s *Store) ([]Pair, error) { return naiveQuery(ctx, s, 1) },
		"loaded": func(ctx context.Context, s *Store) ([]Pair, error) { return loadedQuery(ctx, s, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(time.Minute, func() { cancel(gone) })
				store, start := newStore(g, time.Hour), time.Now()
				_, err := ask(ctx, store)
				require.ErrorIs(t, err, gone)
				require.Equal(t, time.Minute, time.Since(start))
				require.Len(t, store.RoundTrips(), 1)
			})
		})
	}
}

func TestTheStoreSaysWhichRecordIsMissing(t *testing.T) {
	store := newStore(shippedGraph(t), 0)
	_, err := loadedPairs(t.Context(), store, []int{1, 4711})
	require.ErrorContains(t, err, "the store has no user:4711")
	_, err = naivePairs(t.Context(), store, []int{1, 4711})
	require.ErrorContains(t, err, "the store has no user:4711")
}

func TestDifferentAnswersAreAnError(t *testing.T) {
	answers := func(name string) ask {
		return func(context.Context, *Store) ([]Pair, error) { return []Pair{{"Ada", name}}, nil }
	}
	c := Comparison{Question: "who?"}
	err := c.run(t.Context(), nil, 0, answers("Bea"), answers("Uma"))
	require.EqualError(t, err, "who?: the answers differ: naively [{Ada Bea}], with a loader [{Ada Uma}]")
}

func TestReport(t *testing.T) {
	var out bytes.Buffer
	report(&out, make(Graph, 300), 5*time.Millisecond, []Comparison{{
		Question: "Load users 1 and 2, then the best friend of each",
		Legend:   "person → best friend",
		Naive: Run{
			Trips: [][]Key{{userKey(1)}, {userKey(6)}, {userKey(2)}, {userKey(118)}},
			Took:  20600 * time.Microsecond,
		},
		Loaded: Run{
			Trips: [][]Key{{userKey(1), userKey(2)}, {userKey(6), userKey(118)}},
			Took:  10 * time.Millisecond,
			Found: []Pair{{"Anouk Nakamura", "Zoë Ito"}, {"Zoë Ito", "Anouk Nakamura"}},
		},
	}})
	require.Equal(t, `300 people in a store that takes 5ms for a round trip.

Load users 1 and 2, then the best friend of each

  trip  naive          with a loader
  ────  ─────────────  ───────────────
     1  user:1         user:1 user:2
     2  user:6         user:6 user:118
     3  user:2
     4  user:118
  ────  ─────────────  ───────────────
        4 round trips  2 round trips
        20.6ms         10ms

  Both found (person → best friend):
    Anouk Nakamura  →  Zoë Ito
    Zoë Ito         →  Anouk Nakamura

Together: 4 round trips naively, 2 with a loader, 2.0 times fewer (20.6ms against 10ms).
`, out.String())
}

func TestRun(t *testing.T) {
	for _, args := range [][]string{
		{"-latency", "0"},
		{"-latency=0", "-seed", "-3"},
		{"-latency", "0s", "-users", "12", "-seed", "7"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			require.Zero(t, run(args, &stdout, &stderr))
			require.Empty(t, stderr.String())
			require.Regexp(t, `(?m)^ +4 round trips +2 round trips$`, stdout.String())
			require.Regexp(t, `(?m)^ +13 round trips +[1-4] round trips$`, stdout.String())
			require.Regexp(t, `\nTogether: 17 round trips naively, [3-6] with a loader, .* times fewer .*\.\n$`,
				stdout.String())
			for line := range strings.Lines(stdout.String()) {
				require.Less(t, utf8.RuneCountInString(line), 100, line)
			}
		})
	}
}

func TestTrace(t *testing.T) {
	for format, want := range map[string]string{
		"text":   `(?s)Together: .*\nLoad users 1 and 2.*\nround 2\n  records +2 .*user:6 user:8\n.*\n4 rounds, 4 batches, `,
		"html":   `(?s)^<!doctype html>.*<span>user:\d+</span>.*</html>\n$`,
		"chrome": `(?s)^\{"displayTimeUnit":"ms","traceEvents":\[.*"keys":\["user:\d+".*\]\}\n$`,
	} {
		t.Run(format, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			require.Zero(t, run([]string{"-latency", "0", "-trace", format}, &stdout, &stderr))
			require.Regexp(t, want, stdout.String())
			comparison := stderr.String()
			if format == "text" {
				require.Empty(t, comparison)
				comparison = stdout.String()
			}
			require.Contains(t, comparison, "Together: 17 round trips naively")
		})
	}
}

func TestHelp(t *testing.T) {
	for _, arg := range []string{"-h", "--help"} {
		var stdout, stderr bytes.Buffer
		require.Zero(t, run([]string{arg}, &stdout, &stderr))
		require.Empty(t, stderr.String())
		for _, want := range []string{
			"-users N", "from 12 to 300", "example: -users 50",
			"-latency DURATION", "default 5ms", "example: -latency 20ms",
			"-seed N", "default 1", "example: -seed 7",
			"-trace FORMAT", "text", "html", "chrome",
		} {
			require.Contains(t, stdout.String(), want)
		}
	}
}

func TestBadFlagsAreOneLineAndStatusTwo(t *testing.T) {
	for args, want := range map[string]string{
		"-users 11":      `invalid value "11" for flag -users: want a whole number from 12 to 300`,
		"-users 301":     `invalid value "301" for flag -users: want a whole number from 12 to 300`,
		"-users many":    `invalid value "many" for flag -users: want a whole number from 12 to 300`,
		"-users -1":      `invalid value "-1" for flag -users: want a whole number from 12 to 300`,
		"-users":         `flag needs an argument: -users`,
		"-latency -1ms":  `invalid value "-1ms" for flag -latency: want a duration such as 20ms, and none below 0`,
		"-latency 5":     `invalid value "5" for flag -latency: want a duration such as 20ms, and none below 0`,
		"-latency soon":  `invalid value "soon" for flag -latency: want a duration such as 20ms, and none below 0`,
		"-seed 1.5":      `invalid value "1.5" for flag -seed: want a whole number such as 7`,
		"-trace xml":     `invalid value "xml" for flag -trace: want text, html or chrome`,
		"-trace":         `flag needs an argument: -trace`,
		"-seed lucky":    `invalid value "lucky" for flag -seed: want a whole number such as 7`,
		"-speed 3":       `flag provided but not defined: -speed`,
		"-seed 1 please": `unexpected argument "please"`,
	} {
		t.Run(args, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			require.Equal(t, 2, run(strings.Fields(args), &stdout, &stderr))
			require.Empty(t, stdout.String())
			require.Equal(t, "quickstart: "+want+" (-h explains the flags)\n", stderr.String())
		})
	}
}
