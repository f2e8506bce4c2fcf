package dataloader_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// A mistake at construction must be told at construction, by a loader that says its name: the stack of a batch that
// fails later does not show who built it.
func TestMisuseAtConstructionPanicsWithTheNameOfTheLoader(t *testing.T) {
	type result = promise.Result[int]
	named := dataloader.WithName("users")
	fetch := echo(&batches[int]{})
	ident := func(k int) int { return k }
	s := scheduler.New()
	for name, row := range map[string]struct {
		build func()
		text  string // what the message must mention beside the loader's name
	}{
		"New, nil scheduler": {func() { dataloader.New(nil, fetch, named) }, "scheduler"},
		"NewMapped, nil scheduler": {func() {
			dataloader.NewMapped(nil, func(context.Context, []int) (map[int]int, error) { return nil, nil }, named)
		}, "scheduler"},
		"NewPromised, nil scheduler": {func() {
			dataloader.NewPromised(nil, func(context.Context, []int) *promise.Promise[[]result] { return nil }, named)
		}, "scheduler"},
		"NewKeyed, nil scheduler": {func() { dataloader.NewKeyed(nil, fetch, ident, named) }, "scheduler"},

		"New, nil batch function":         {func() { dataloader.New[int, int](s, nil, named) }, "batch function"},
		"NewMapped, nil batch function":   {func() { dataloader.NewMapped[int, int](s, nil, named) }, "batch function"},
		"NewPromised, nil batch function": {func() { dataloader.NewPromised[int, int](s, nil, named) }, "batch function"},
		"NewKeyed, nil batch function":    {func() { dataloader.NewKeyed[int, int, int](s, nil, ident, named) }, "batch function"},
		"NewKeyed, nil key function":      {func() { dataloader.NewKeyed[int, int, int](s, fetch, nil, named) }, "key function"},

		"negative batch size":  {func() { dataloader.New(s, fetch, named, dataloader.WithMaxBatchSize(-1)) }, "-1"},
		"negative concurrency": {func() { dataloader.New(s, fetch, named, dataloader.WithMaxConcurrency(-1)) }, "-1"},
		"cache of other types": {func() {
			dataloader.New(s, fetch, named, dataloader.WithCache(newMapCache[string, string]()))
		}, "Cache"},
		"option before the name": {func() { dataloader.New(s, fetch, dataloader.WithMaxBatchSize(-1), named) }, "-1"},
	} {
		t.Run(name, func(t *testing.T) {
			text := panicText(t, row.build)

			require.Contains(t, text, "dataloader:")
			require.Contains(t, text, "users")
			require.Contains(t, text, row.text)
		})
	}
}

// The likeliest mistake with WithCache is one wrong type parameter; the message must show both sides.
func TestCacheOfTheWrongTypeNamesBothTypes(t *testing.T) {
	text := panicText(t, func() {
		dataloader.New(scheduler.New(), echo(&batches[int]{}), dataloader.WithCache(newMapCache[string, bool]()))
	})

	for _, typ := range []string{"int", "string", "bool"} {
		require.Contains(t, text, typ)
	}
}

// It would be a nil dereference in the first Load otherwise, far from who forgot it.
func TestNilCachePanicsAtConstruction(t *testing.T) {
	text := panicText(t, func() {
		dataloader.New(scheduler.New(), echo(&batches[int]{}), dataloader.WithCache[int, int](nil))
	})

	require.Contains(t, text, "WithCache")
}

func TestZeroSizesMeanNoLimit(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, echo(&b), dataloader.WithMaxBatchSize(0), dataloader.WithMaxConcurrency(0))

	require.Equal(t, []int{1, 2, 3}, await(t, users.LoadMany([]int{1, 2, 3})))
	require.Equal(t, [][]int{{1, 2, 3}}, b.all())
}

func TestLoadAfterRunIsServedByTheNextRun(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, echo(&b))
	run(t, s)

	p := users.Load(1)
	require.Equal(t, promise.Pending, p.State())
	run(t, s)
	require.Equal(t, 1, settled(t, p))

	// Not only once: whatever registers the loader with the loop must be renewed for every round.
	q := users.Load(2)
	run(t, s)
	require.Equal(t, 2, settled(t, q))
	require.Equal(t, [][]int{{1}, {2}}, b.all())
}

// Nothing may be fetched before the loop runs: a load is a request, not a call.
func TestNothingIsFetchedOutsideARun(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, echo(&b), dataloader.WithInline(), dataloader.WithMaxBatchSize(1))

	users.LoadMany([]int{1, 2, 3})

	require.Empty(t, b.all())
	run(t, s)
	require.Len(t, b.all(), 3)
}

// A loader whose promised batch never settles must not hang Run, and Await must say that nothing can come any more.
func TestBatchThatNeverSettlesStallsTheAwaitOnly(t *testing.T) {
	s := scheduler.New()
	d := &deferred{s: s}
	never := dataloader.NewPromised(s, d.fetch)
	p := never.Load(1)

	_, err := p.Await(t.Context())
	require.ErrorIs(t, err, scheduler.ErrStalled)
	run(t, s)
	require.Equal(t, promise.Pending, p.State())

	d.resolve(0, 7)
	require.Equal(t, 7, await(t, p))
}

func TestGetWithANilContextSaysSo(t *testing.T) {
	users := dataloader.New(scheduler.New(), echo(&batches[int]{}))
	var none context.Context
	require.Contains(t, panicText(t, func() { _, _ = dataloader.Get(none, users, 1) }), "nil context")
	require.Contains(t, panicText(t, func() { _, _ = dataloader.GetMany(none, users, []int{1}) }), "nil context")
}
