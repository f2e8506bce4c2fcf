package loadertest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/dataloader/loadertest"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

var errDown = errors.New("down")

func load(t *testing.T, stub *loadertest.Stub[int, string], keys ...int) []promise.Result[string] {
	t.Helper()
	got, err := dataloader.New(scheduler.New(), stub.Fetch).LoadSettled(keys).Await(t.Context())
	require.NoError(t, err)
	return got
}

func values(vs ...string) (rs []promise.Result[string]) {
	for _, v := range vs {
		rs = append(rs, promise.Result[string]{Value: v})
	}
	return rs
}

func TestStubAnswersAndCounts(t *testing.T) {
	given := map[int]string{1: "Ada", 2: "Bea"}
	stub := loadertest.NewStub(given)
	require.Empty(t, stub.Calls())
	require.Equal(t, values("Bea", "Ada"), load(t, stub, 2, 1))
	got := load(t, stub, 3, 1)
	require.ErrorIs(t, got[0].Err, dataloader.ErrNotFound)
	require.ErrorContains(t, got[0].Err, "no value for key 3")
	require.Equal(t, "Ada", got[1].Value)
	require.Equal(t, values("Cleo"), load(t, stub.Set(3, "Cleo"), 3))
	require.Equal(t, [][]int{{2, 1}, {3, 1}, {3}}, stub.Calls())
	require.Len(t, given, 2, "the stub has its own")
	require.Equal(t, values("Zoe"), load(t, loadertest.NewStub[int, string](nil).Set(1, "Zoe"), 1))
}

func TestStubFails(t *testing.T) {
	stub := loadertest.NewStub(map[int]string{1: "Ada", 2: "Bea"}).Fail(errDown)
	for range 3 {
		require.ErrorIs(t, load(t, stub, 1)[0].Err, errDown)
	}
	require.Equal(t, values("Ada"), load(t, stub.Fail(nil), 1))

	stub.FailTimes(2, errDown)
	require.ErrorIs(t, load(t, stub, 1)[0].Err, errDown)
	require.ErrorIs(t, load(t, stub, 1)[0].Err, errDown)
	require.Equal(t, values("Ada"), load(t, stub, 1))

	got := load(t, stub.FailKey(1, errDown), 1, 2)
	require.Equal(t, errDown, got[0].Err, "alone, and not with its batch")
	require.Equal(t, "Bea", got[1].Value)
	require.Equal(t, values("Ada"), load(t, stub.Set(1, "Ada"), 1))
	require.Len(t, stub.Calls(), 9, "calls that fail are counted")
}

func TestStubDelays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := loadertest.NewStub(map[int]string{1: "Ada"}).Delay(time.Hour)
		start := time.Now()
		require.Equal(t, values("Ada"), load(t, stub, 1))
		require.Equal(t, time.Hour, time.Since(start))

		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, errDown)
		defer cancel()
		_, err := stub.Fetch(ctx, []int{1})
		require.Equal(t, errDown, err)
		require.Equal(t, time.Hour+time.Minute, time.Since(start))
	})
}

func TestStubBlocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := loadertest.NewStub(map[int]string{1: "Ada"})
		release := stub.Block()
		done := make(chan error, 1)
		go func() {
			_, err := stub.Fetch(t.Context(), []int{1})
			done <- err
		}()
		synctest.Wait()
		require.Len(t, stub.Calls(), 1)
		require.Empty(t, done)
		release()
		release()
		require.NoError(t, <-done)
		require.Equal(t, values("Ada"), load(t, stub, 1), "the calls after it do not block")

		first, second := stub.Block(), stub.Block()
		first()
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, errDown)
		defer cancel()
		_, err := stub.Fetch(ctx, []int{1})
		require.Equal(t, errDown, err, "the second block stands")
		second()
	})
}

func ExampleStub() {
	stub := loadertest.NewStub(map[int]string{1: "Ada", 2: "Bea"})
	stub.FailTimes(1, errors.New("the source is down"))

	loop := scheduler.New()
	users := dataloader.New(loop, stub.Fetch, dataloader.WithName("users"))
	for range 2 {
		fmt.Println(users.LoadMany([]int{1, 2}).Await(context.Background()))
	}
	fmt.Println(len(stub.Calls()), "calls")
	// Output:
	// [] dataloader: users: batch of 2 keys [1 2] failed: the source is down
	// [Ada Bea] <nil>
	// 2 calls
}
