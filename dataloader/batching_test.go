package dataloader_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// Defect 2 of Python: outside a "safe" frame 2 000 loads made 2 000 batches.
func TestLoadsOutsideACallbackBatch(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, echo(&b))
	for k := range 2000 {
		users.Load(k)
	}

	run(t, s)

	require.Len(t, b.all(), 1)
	require.Len(t, b.all()[0], 2000)
}

// Defect 4 of Python: loads at different depths of callbacks split into several batches.
func TestLoadsAtEveryDepthOfCallbacksBatch(t *testing.T) {
	const depth = 50
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, echo(&b))
	for d := range depth {
		p := promise.Resolve(s, d)
		for range d {
			// A callback that returns a promise takes the longest way to the next step of its chain.
			p = p.Then(func(v int) *promise.Promise[int] { return promise.Resolve(s, v) })
		}
		p.Then(users.Load)
	}

	run(t, s)

	require.Len(t, b.all(), 1)
	require.Len(t, b.all()[0], depth)
}

// Defect 3 of Python: after a get() inside a tick, loads no longer batched.
func TestAwaitInsideACallbackKeepsBatching(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, echo(&b))
	ctx := t.Context()
	p := promise.Map(users.Load(1), func(int) ([]int, error) {
		beside := users.Load(2)
		three, err := users.Load(3).Await(ctx)
		if err != nil {
			return nil, err
		}
		two, err := beside.Await(ctx)
		if err != nil {
			return nil, err
		}
		rest, err := users.LoadMany([]int{4, 5}).Await(ctx)
		return append([]int{two, three}, rest...), err
	})
	run(t, s)

	require.Equal(t, []int{2, 3, 4, 5}, settled(t, p))
	require.Equal(t, []int{6, 7}, await(t, users.LoadMany([]int{6, 7})))
	require.Equal(t, [][]int{{1}, {2, 3}, {4, 5}, {6, 7}}, b.all())
}

func TestKeysKeepTheOrderOfTheirLoads(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, echo(&b))
	users.LoadMany([]int{5, 3, 9})
	users.Load(1)
	users.Load(3)
	users.LoadMap([]int{7, 5})

	run(t, s)

	require.Equal(t, [][]int{{5, 3, 9, 1, 7}}, b.all())
}

func TestMaxBatchSizeCutsInOrder(t *testing.T) {
	keys := []int{0, 1, 2, 3, 4, 5}
	for name, row := range map[string]struct {
		opts []dataloader.Option
		want [][]int
	}{
		"no rest":         {[]dataloader.Option{dataloader.WithMaxBatchSize(3)}, [][]int{{0, 1, 2}, {3, 4, 5}}},
		"a rest":          {[]dataloader.Option{dataloader.WithMaxBatchSize(4)}, [][]int{{0, 1, 2, 3}, {4, 5}}},
		"exactly":         {[]dataloader.Option{dataloader.WithMaxBatchSize(6)}, [][]int{keys}},
		"the largest":     {[]dataloader.Option{dataloader.WithMaxBatchSize(math.MaxInt)}, [][]int{keys}},
		"never reached":   {[]dataloader.Option{dataloader.WithMaxBatchSize(7)}, [][]int{keys}},
		"one":             {[]dataloader.Option{dataloader.WithMaxBatchSize(1)}, [][]int{{0}, {1}, {2}, {3}, {4}, {5}}},
		"WithoutBatching": {[]dataloader.Option{dataloader.WithoutBatching()}, [][]int{{0}, {1}, {2}, {3}, {4}, {5}}},
		"both": {
			[]dataloader.Option{dataloader.WithMaxBatchSize(4), dataloader.WithoutBatching()},
			[][]int{{0}, {1}, {2}, {3}, {4}, {5}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			var b batches[int]
			users := dataloader.New(s, echo(&b), append(row.opts, dataloader.WithInline())...)

			require.Equal(t, keys, await(t, users.LoadMany(keys)))
			require.Equal(t, row.want, b.all())
		})
	}
}

// A batch that fails takes only its own keys with it, not those that the size limit put elsewhere.
func TestFailureOfOneCutLeavesTheOthers(t *testing.T) {
	s := scheduler.New()
	users := dataloader.New(s, func(_ context.Context, keys []int) ([]int, error) {
		if keys[0] == 2 {
			return nil, errBoom
		}
		return slices.Clone(keys), nil
	}, dataloader.WithMaxBatchSize(2))

	results := await(t, users.LoadSettled([]int{0, 1, 2, 3, 4}))

	for i, r := range results {
		if i == 2 || i == 3 {
			require.ErrorIs(t, r.Err, errBoom)
		} else {
			require.Equal(t, promise.Result[int]{Value: i}, r)
		}
	}
}

// Without batching is still at the tick end: a Clear in the same tick must not ask twice.
func TestWithoutBatchingWaitsForTheTickEnd(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, echo(&b), dataloader.WithoutBatching(), dataloader.WithInline())
	seen := -1
	promise.Resolve(s, 0).Done(func(int) {
		users.Load(1)
		seen = len(b.all())
		users.Clear(1).Load(1)
	}, nil)

	run(t, s)

	require.Equal(t, 0, seen)
	require.Equal(t, [][]int{{1}}, b.all())
}

// Inline runs on the loop, where loaders may be used: what is loaded there is of the next round.
func TestInlineBatchFunctionMayLoad(t *testing.T) {
	s := scheduler.New()
	var outer, inner batches[int]
	friends := dataloader.New(s, echo(&inner), dataloader.WithInline())
	var users *dataloader.Loader[int, int]
	users = dataloader.New(s, func(_ context.Context, keys []int) ([]int, error) {
		outer.add(keys)
		if keys[0] == 1 {
			friends.LoadMany(keys)
			users.Load(9) // itself
		}
		return slices.Clone(keys), nil
	}, dataloader.WithInline())

	users.LoadMany([]int{1, 2})
	run(t, s)

	require.Equal(t, [][]int{{1, 2}, {9}}, outer.all())
	require.Equal(t, [][]int{{1, 2}}, inner.all())
	require.EqualValues(t, 2, s.Stats().Rounds)
}

// The last member of a LoadMany settles it; whoever waits for it must still be in time for the same round.
func TestLoadsAfterALoadManyJoinTheRound(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, echo(&b))
	users.Load(1).Then(func(v int) *promise.Promise[int] { return users.Load(v + 10) })
	users.LoadMany([]int{1, 2}).Then(func(vs []int) *promise.Promise[[]int] { return users.LoadMany([]int{21, 22}) })
	users.LoadSettled([]int{3}).Done(func([]promise.Result[int]) { users.Load(31) }, nil)
	users.LoadMap([]int{4}).Done(func(map[int]int) { users.Load(41) }, nil)

	run(t, s)

	require.Len(t, b.all(), 2)
	require.ElementsMatch(t, []int{11, 21, 22, 31, 41}, b.all()[1])
}

func TestPromisedBatchFunctionFailures(t *testing.T) {
	type results = []promise.Result[int]
	s := scheduler.New()
	odd := promise.Result[int]{Err: errBoom}
	for name, row := range map[string]struct {
		fetch func() *promise.Promise[results]
		check func(*testing.T, results)
	}{
		"rejects": {
			func() *promise.Promise[results] { return promise.Reject[results](s, errBoom) },
			func(t *testing.T, r results) {
				require.ErrorIs(t, r[0].Err, errBoom)
				require.ErrorIs(t, r[1].Err, errBoom)
			},
		},
		"one key": {
			func() *promise.Promise[results] { return promise.Resolve(s, results{odd, {Value: 2}}) },
			func(t *testing.T, r results) { require.Equal(t, results{odd, {Value: 2}}, r) },
		},
		"too few": {
			func() *promise.Promise[results] { return promise.Resolve(s, results{{Value: 1}}) },
			func(t *testing.T, r results) {
				var size *dataloader.BatchSizeError
				require.ErrorAs(t, r[0].Err, &size)
				require.Equal(t, []any{"users", 2, 1}, []any{size.Loader, size.Want, size.Got})
				require.ErrorAs(t, r[1].Err, &size)
			},
		},
		"no promise": {
			func() *promise.Promise[results] { return nil },
			func(t *testing.T, r results) {
				require.ErrorIs(t, r[0].Err, promise.ErrNilPromise)
				require.ErrorContains(t, r[0].Err, "users")
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			users := dataloader.NewPromised(s, func(context.Context, []int) *promise.Promise[results] { return row.fetch() },
				dataloader.WithName("users"))

			row.check(t, await(t, users.LoadSettled([]int{1, 2})))
			run(t, s)
		})
	}
}
