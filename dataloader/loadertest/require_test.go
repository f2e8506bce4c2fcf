package loadertest_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/dataloader/loadertest"
	"github.com/batchtick/batchtick/dataloader/trace"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

var _ loadertest.TB = (testing.TB)(nil)

// stage is a TB that keeps what fails in place of failing.
type stage struct{ failure string }

func (*stage) Helper()                             {}
func (s *stage) Fatalf(format string, args ...any) { s.failure = fmt.Sprintf(format, args...) }

// friends loads two users and the best friend of each, and leaves a loader without work.
func friends(t *testing.T) *trace.Recorder {
	rec := trace.New()
	loop := scheduler.New(scheduler.WithObserver(rec))
	users := dataloader.New(loop, loadertest.NewStub(map[int]int{1: 3, 2: 4, 3: 5, 4: 6}).Fetch, dataloader.WithName("users"))
	dataloader.New(loop, loadertest.NewStub(map[string]int{}).Fetch, dataloader.WithName("posts"))
	users.Load(1).Then(users.Load)
	users.Load(2).Then(users.Load)
	require.NoError(t, loop.Run(t.Context()))
	return rec
}

func TestAssertions(t *testing.T) {
	type assertion func(loadertest.TB, *trace.Recorder)
	batches := func(loader string, want [][]int) assertion {
		return func(t loadertest.TB, rec *trace.Recorder) { loadertest.RequireBatches(t, rec, loader, want) }
	}
	rounds := func(want int) assertion {
		return func(t loadertest.TB, rec *trace.Recorder) { loadertest.RequireRounds(t, rec, want) }
	}
	for _, row := range []struct {
		name    string
		that    assertion
		failure string // how it begins; empty: none
	}{
		{"as many rounds", rounds(2), ""},
		{"other rounds", rounds(3), "want 3 rounds, got 2\n\nround 1"},
		{"the batches", batches("users", [][]int{{1, 2}, {3, 4}}), ""},
		{"other keys", batches("users", [][]int{{1, 2}, {3, 5}}),
			"loader \"users\":\nwant batches [[1 2] [3 5]]\n         got [[1 2] [3 4]]\n\nround 1"},
		{"another order of keys", batches("users", [][]int{{2, 1}, {3, 4}}), "loader \"users\":\nwant batches [[2 1] [3 4]]"},
		{"another order of batches", batches("users", [][]int{{3, 4}, {1, 2}}), "loader \"users\":\nwant batches [[3 4] [1 2]]"},
		{"one batch fewer", batches("users", [][]int{{1, 2}}), "loader \"users\":\nwant batches [[1 2]]"},
		{"one batch more", batches("users", [][]int{{1, 2}, {3, 4}, {5}}), "loader \"users\":\nwant batches [[1 2] [3 4] [5]]"},
		{"none", batches("users", nil), "loader \"users\":\nwant batches []\n"},
		{"none of none", batches("posts", nil), ""},
		{"none of none, said otherwise", batches("posts", [][]int{}), ""},
		{"some of none", batches("posts", [][]int{{1}}), "loader \"posts\":\nwant batches [[1]]\n         got []\n\nround 1"},
		{"no such loader", batches("user", nil), `there is no loader "user" on the scheduler; there are [posts users]` + "\n\nround 1"},
		{"other types", func(t loadertest.TB, rec *trace.Recorder) {
			loadertest.RequireBatches(t, rec, "users", [][]int64{{1, 2}, {3, 4}})
		}, `loader "users" has keys of type int, and the batches that are wanted have int64` + "\n\nround 1"},
		{"no singles", loadertest.RequireNoSingles, ""},
		{"no advice", loadertest.RequireNoAdvice, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := &stage{}
			row.that(s, friends(t))
			if row.failure == "" {
				require.Empty(t, s.failure)
				return
			}
			require.Equal(t, row.failure, s.failure[:min(len(row.failure), len(s.failure))])
			require.Contains(t, s.failure, "  users     2  ", "the waterfall")
		})
	}
}

func TestSinglesAndAdviceAreFound(t *testing.T) {
	rec := trace.New()
	loop := scheduler.New(scheduler.WithObserver(rec))
	users := dataloader.New(loop, loadertest.NewStub(map[int]int{1: 1, 2: 2}).Fetch, dataloader.WithName("users"))
	s := &stage{}
	loadertest.RequireNoSingles(s, rec)
	loadertest.RequireNoAdvice(s, rec)
	require.Empty(t, s.failure, "nothing was recorded")
	for id := 1; id <= 2; id++ {
		_, err := users.Load(id).Await(t.Context())
		require.NoError(t, err)
	}

	for _, that := range []func(loadertest.TB, *trace.Recorder){loadertest.RequireNoSingles, loadertest.RequireNoAdvice} {
		s := &stage{}
		that(s, rec)
		require.Contains(t, s.failure, "users: each of its 2 batches had one key")
		require.Contains(t, s.failure, "\n\nround 1")
	}
}

func TestAnotherFaultIsNoSingle(t *testing.T) {
	rec := trace.New()
	loop := scheduler.New(scheduler.WithObserver(rec))
	stub := loadertest.NewStub(map[int]int{1: 1, 2: 2})
	dataloader.New(loop, stub.Fetch, dataloader.WithMaxBatchSize(1)).LoadMany([]int{1, 2})
	require.NoError(t, loop.Run(t.Context()))
	s := &stage{}
	loadertest.RequireNoSingles(s, rec)
	require.Empty(t, s.failure)
	loadertest.RequireNoAdvice(s, rec)
	require.Contains(t, s.failure, "WithMaxBatchSize(1)")
}

func Example() {
	var t loadertest.TB = printer{} // in a test: its *testing.T

	rec := trace.New()
	loop := scheduler.New(scheduler.WithObserver(rec))
	stub := loadertest.NewStub(map[int]string{1: "Ada", 2: "Bea"})
	users := dataloader.New(loop, stub.Fetch, dataloader.WithName("users"))

	both := promise.Join2(loop, users.Load(1), users.Load(2), func(a, b string) (string, error) {
		return a + " and " + b, nil
	})
	fmt.Println(both.Await(context.Background()))
	loadertest.RequireRounds(t, rec, 1)
	loadertest.RequireBatches(t, rec, "users", [][]int{{1, 2}})
	loadertest.RequireNoSingles(t, rec)
	fmt.Println("the stub was called with", stub.Calls())
	// Output:
	// Ada and Bea <nil>
	// the stub was called with [[1 2]]
}

type printer struct{}

func (printer) Helper()                           {}
func (printer) Fatalf(format string, args ...any) { fmt.Printf(format, args...) }
