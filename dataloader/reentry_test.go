package dataloader_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/scheduler"
)

// An inline batch function that awaits a load of its own loader drives the loop from within the tick end: that load must
// go out there, or both wait for ever.
func TestInlineBatchFunctionMayAwaitItsOwnLoader(t *testing.T) {
	s := scheduler.New()
	var depth *dataloader.Loader[int, int]
	depth = dataloader.New(s, func(ctx context.Context, keys []int) ([]int, error) {
		values := make([]int, len(keys))
		for i, k := range keys {
			if k == 0 {
				continue
			}
			below, err := depth.Load(k - 1).Await(ctx)
			if err != nil {
				return nil, err
			}
			values[i] = below + 1
		}
		return values, nil
	}, dataloader.WithInline())
	p := depth.Load(20)
	require.NoError(t, s.Run(t.Context()))
	v, err, _ := p.Result()
	require.NoError(t, err)
	require.Equal(t, 20, v)
}
