package dataloader_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

func TestBatchOfTheWrongLengthRejectsItsLoads(t *testing.T) {
	keyErr := errors.New("no ann")
	for name, row := range map[string]struct {
		values []string
		err    error
		got    int
	}{
		"too few":                          {values: []string{"a"}, got: 1},
		"too many":                         {values: []string{"a", "b", "c"}, got: 3},
		"nil slice":                        {values: nil, got: 0},
		"too few errors":                   {values: []string{"a", "b"}, err: dataloader.Errors{keyErr}, got: 1},
		"too many errors":                  {values: []string{"a", "b"}, err: dataloader.Errors{keyErr, nil, nil}, got: 3},
		"no values, though one key worked": {values: nil, err: dataloader.Errors{keyErr, nil}, got: 0},
		"too few values beside errors":     {values: []string{"a"}, err: dataloader.Errors{keyErr, nil}, got: 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			var b batches[string]
			users := dataloader.New(s, func(_ context.Context, keys []string) ([]string, error) {
				b.add(keys)
				return row.values, row.err
			}, dataloader.WithName("users"))
			ann, bob := observe(users.Load("ann")), observe(users.Load("bob"))

			run(t, s)

			for _, err := range []error{ann.Err, bob.Err} {
				var size *dataloader.BatchSizeError
				require.ErrorAs(t, err, &size)
				require.Equal(t, "users", size.Loader)
				require.Equal(t, 2, size.Want)
				require.Equal(t, row.got, size.Got)
				for _, part := range []string{"users", "ann", "bob", "2", fmt.Sprint(row.got)} {
					require.ErrorContains(t, err, part)
				}
			}

			// A wrong length is a failure of the whole batch: nothing of it may be cached.
			observe(users.Load("ann"))
			run(t, s)
			require.Equal(t, [][]string{{"ann", "bob"}, {"ann"}}, b.all())
		})
	}
}

func TestErrorsPerKey(t *testing.T) {
	odd := errors.New("odd")
	for name, row := range map[string]struct {
		values []int
		errs   dataloader.Errors
		want   []promise.Result[int]
	}{
		"some fail":                {[]int{10, 20}, dataloader.Errors{odd, nil}, []promise.Result[int]{{Err: odd}, {Value: 20}}},
		"none fails":               {[]int{10, 20}, dataloader.Errors{nil, nil}, []promise.Result[int]{{Value: 10}, {Value: 20}}},
		"all fail, with values":    {[]int{10, 20}, dataloader.Errors{odd, odd}, []promise.Result[int]{{Err: odd}, {Err: odd}}},
		"all fail, without values": {nil, dataloader.Errors{odd, odd}, []promise.Result[int]{{Err: odd}, {Err: odd}}},
	} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			users := dataloader.New(s, func(context.Context, []int) ([]int, error) { return row.values, row.errs })

			require.Equal(t, row.want, await(t, users.LoadSettled([]int{1, 2})))
		})
	}
}

func TestWholeBatchFailureNamesLoaderAndKeys(t *testing.T) {
	s := scheduler.New()
	users := dataloader.New(s, failing(&batches[string]{}, errBoom), dataloader.WithName("users"))
	ann, bob := observe(users.Load("ann")), observe(users.Load("bob"))

	run(t, s)

	for _, err := range []error{ann.Err, bob.Err} {
		var batch *dataloader.BatchError
		require.ErrorAs(t, err, &batch)
		require.ErrorIs(t, err, errBoom)
		for _, part := range []string{"users", "ann", "bob", "boom"} {
			require.ErrorContains(t, err, part)
		}
	}
}

// Values that come with a plain error are not results: a fetch that failed half-way must not be believed.
func TestValuesBesideAPlainErrorAreIgnored(t *testing.T) {
	s := scheduler.New()
	users := dataloader.New(s, func(_ context.Context, keys []int) ([]int, error) { return keys, errBoom })

	require.ErrorIs(t, awaitErr(t, users.Load(1)), errBoom)
}

// One failed query is one error, however many loads it reached and nobody looked at.
func TestUnhandledBatchFailureIsReportedOnce(t *testing.T) {
	s := scheduler.New()
	users := dataloader.New(s, failing(&batches[int]{}, errBoom))
	for k := range 3 {
		users.Load(k)
	}

	err := s.Run(t.Context())

	var unhandled *promise.UnhandledError
	require.ErrorAs(t, err, &unhandled)
	require.Len(t, unhandled.Errors, 1)
	require.ErrorIs(t, err, errBoom)
}

func TestUnhandledKeyErrorsAreEachReported(t *testing.T) {
	s := scheduler.New()
	users := dataloader.New(s, failOdd(&batches[int]{}))
	users.Load(1)
	users.Load(2)
	users.Load(3)

	var unhandled *promise.UnhandledError
	require.ErrorAs(t, s.Run(t.Context()), &unhandled)
	require.Len(t, unhandled.Errors, 2)
}

// Batch functions sort and filter the slice that they are given; the loader must not read its keys back from there.
func TestBatchFunctionMayScribbleOverItsKeys(t *testing.T) {
	for _, name := range []string{"goroutine", "inline", "promised"} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			var b batches[int]
			fail := true
			users := buildUsers[name](s, func(_ context.Context, keys []int) ([]int, error) {
				b.add(keys)
				values := slices.Clone(keys)
				for i := range keys {
					keys[i] = -1
				}
				if fail {
					return nil, errBoom
				}
				return values, nil
			})
			err := awaitErr(t, users.LoadMany([]int{1, 2}))
			require.ErrorIs(t, err, errBoom)
			require.ErrorContains(t, err, "[1 2]")

			fail = false

			require.Equal(t, []int{1, 2}, await(t, users.LoadMany([]int{1, 2})))
			require.Equal(t, [][]int{{1, 2}, {1, 2}}, b.all())
		})
	}
}

// A batch function that keeps its keys (to log them, say) must find them unchanged after later batches.
func TestKeysOfABatchAreNotReused(t *testing.T) {
	s := scheduler.New()
	var kept [][]int
	users := dataloader.New(s, func(_ context.Context, keys []int) ([]int, error) {
		kept = append(kept, keys)
		return slices.Clone(keys), nil
	}, dataloader.WithInline(), dataloader.WithMaxBatchSize(2))

	for first := 0; first < 9; first += 3 {
		await(t, users.LoadMany([]int{first, first + 1, first + 2}))
	}

	require.Equal(t, [][]int{{0, 1}, {2}, {3, 4}, {5}, {6, 7}, {8}}, kept)
}

// The batches of one round are cut from one queue: appending to one must not write into the next.
func TestAppendingToTheKeysOfABatchLeavesTheNextAlone(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, func(_ context.Context, keys []int) ([]int, error) {
		b.add(keys)
		_ = append(keys, -1)
		return slices.Clone(keys), nil
	}, dataloader.WithInline(), dataloader.WithMaxBatchSize(2))

	require.Equal(t, []int{1, 2, 3, 4}, await(t, users.LoadMany([]int{1, 2, 3, 4})))
	require.Equal(t, [][]int{{1, 2}, {3, 4}}, b.all())
}

func TestCallerMayReuseTheKeysItLoadedMany(t *testing.T) {
	for name, load := range map[string]func(*dataloader.Loader[int, int], []int) func(testing.TB) []int{
		"LoadMany": func(l *dataloader.Loader[int, int], ks []int) func(testing.TB) []int {
			p := l.LoadMany(ks)
			return func(t testing.TB) []int { return await(t, p) }
		},
		"LoadMap": func(l *dataloader.Loader[int, int], ks []int) func(testing.TB) []int {
			p := l.LoadMap(ks)
			return func(t testing.TB) []int { m := await(t, p); return []int{m[1], m[2]} }
		},
	} {
		t.Run(name, func(t *testing.T) {
			users := dataloader.New(scheduler.New(), echo(&batches[int]{}))
			keys := []int{1, 2}
			values := load(users, keys)

			keys[0], keys[1] = 8, 9

			require.Equal(t, []int{1, 2}, values(t))
		})
	}
}

func TestContextOfABatchIsRuns(t *testing.T) {
	type ctxKey struct{}
	for name, opts := range map[string][]dataloader.Option{
		"goroutine": nil,
		"inline":    {dataloader.WithInline()},
	} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			users := dataloader.New(s, func(ctx context.Context, keys []int) ([]any, error) {
				return []any{ctx.Value(ctxKey{})}, nil
			}, opts...)
			p := users.Load(1)

			require.NoError(t, s.Run(context.WithValue(t.Context(), ctxKey{}, "run's")))

			require.Equal(t, "run's", settled(t, p))
		})
	}
}

// A batch function that declares an Errors, has nothing to put into it and returns it gives an error that is not nil.
func TestErrorsWithoutAnErrorIsSuccess(t *testing.T) {
	for name, errs := range map[string]dataloader.Errors{"nil": nil, "empty": {}, "all nil": {nil, nil}} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			users := dataloader.New(s, func(_ context.Context, keys []string) ([]string, error) { return keys, errs })
			all := users.LoadMany([]string{"ann", "bob"})
			run(t, s)
			values, err, _ := all.Result()
			require.NoError(t, err)
			require.Equal(t, []string{"ann", "bob"}, values)
		})
	}
}

// A batch function joins the errors of its keys and that of closing the rows, or of the commit. The latter is about all
// keys.
func TestAnErrorJoinedToThoseOfTheKeysFailsTheBatch(t *testing.T) {
	for name, errs := range map[string]dataloader.Errors{"no key failed": nil, "one did": {nil, errStop}} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			users := dataloader.New(s, func(_ context.Context, keys []int) ([]int, error) {
				return keys, errors.Join(errs, errBoom)
			})
			for _, r := range await(t, users.LoadSettled([]int{1, 2})) {
				require.ErrorIs(t, r.Err, errBoom)
			}
		})
	}
}
