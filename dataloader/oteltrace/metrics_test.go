package oteltrace_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"

	"github.com/batchtick/batchtick/dataloader"
)

func TestMetrics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		l := dataloader.New(b.loop, func(_ context.Context, keys []int) ([]int, error) {
			time.Sleep(time.Second)
			if keys[0] == 13 {
				return nil, errors.New("unlucky")
			}
			return keys, nil
		}, dataloader.WithName("users"))
		l.LoadMany([]int{1, 2, 3, 1})
		b.run(t.Context())
		_, err := l.Load(1).Await(t.Context()) // settled: the loop is not driven
		require.NoError(t, err)
		l.LoadSettled([]int{13})
		b.run(t.Context())
		b.run(t.Context())

		loader := attribute.String("dataloader.name", "users")
		counted := func(result string, n int64) metricdata.DataPoint[int64] {
			return metricdata.DataPoint[int64]{
				Attributes: attribute.NewSet(loader, attribute.String("dataloader.load.result", result)), Value: n,
			}
		}
		metricdatatest.AssertAggregationsEqual(t, metricdata.Sum[int64]{
			Temporality: metricdata.CumulativeTemporality, IsMonotonic: true,
			DataPoints: []metricdata.DataPoint[int64]{counted("hit", 2), counted("miss", 4)},
		}, b.measured("dataloader.loads"), metricdatatest.IgnoreTimestamp())

		sizes := b.measured("dataloader.batch.size").(metricdata.Histogram[int64]).DataPoints
		require.Len(t, sizes, 1)
		require.Equal(t, attribute.NewSet(loader), sizes[0].Attributes)
		require.Equal(t, []any{uint64(2), int64(4)}, []any{sizes[0].Count, sizes[0].Sum})

		durations := b.measured("dataloader.batch.duration").(metricdata.Histogram[float64]).DataPoints
		sums := map[attribute.Set]float64{}
		for _, d := range durations {
			sums[d.Attributes] = d.Sum
		}
		require.Equal(t, map[attribute.Set]float64{
			attribute.NewSet(loader): 1,
			attribute.NewSet(loader, attribute.String("error.type", "*errors.errorString")): 1,
		}, sums)
	})
}
