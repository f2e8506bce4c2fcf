package oteltrace_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/dataloader/oteltrace"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

func TestABatchIsASpanOfTheRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, oteltrace.WithKeys(func(key any) string { return fmt.Sprint("#", key) }))
		var inside []trace.SpanContext
		slow := dataloader.New(b.loop, func(ctx context.Context, keys []int) ([]int, error) {
			inside = append(inside, trace.SpanContextFromContext(ctx))
			time.Sleep(time.Second)
			return keys, nil
		}, dataloader.WithName("users"), dataloader.WithMaxBatchSize(2), dataloader.WithMaxConcurrency(1))
		start := time.Now()
		slow.LoadMany([]int{1, 2, 3, 1})
		b.run(b.span(t.Context(), "request"))

		require.Equal(t, []string{`dataloader.batch users in "request" for []`, `dataloader.batch users in "request" for []`}, b.batches())
		spans := b.spans.GetSpans()
		require.Equal(t, []trace.SpanContext{spans[0].SpanContext, spans[1].SpanContext}, inside, "the batch function's ctx has the span")
		require.Equal(t, trace.SpanKindInternal, spans[1].SpanKind)
		require.Equal(t, start.Add(time.Second), spans[1].StartTime)
		require.Equal(t, start.Add(2*time.Second), spans[1].EndTime)
		require.Equal(t, []attribute.KeyValue{
			attribute.String("dataloader.name", "users"), attribute.Int("dataloader.batch.round", 1),
			attribute.Int("dataloader.batch.size", 1), attribute.Float64("dataloader.batch.waited", 1),
			attribute.Int("dataloader.batch.part", 2), attribute.Int("dataloader.batch.parts", 2),
			attribute.StringSlice("dataloader.batch.keys", []string{"#3"}),
		}, spans[1].Attributes)
		require.Equal(t, codes.Unset, spans[1].Status.Code)
	})
}

func TestAFailure(t *testing.T) {
	for name, row := range map[string]struct {
		values    []int
		err       error
		text, typ string
	}{
		"error":  {nil, fmt.Errorf("no row: %w", context.DeadlineExceeded), "no row: context deadline exceeded", "context.deadlineExceededError"},
		"length": {[]int{1}, nil, "the batch function returned 1 values for 2 keys", "*dataloader.BatchSizeError"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			fetch := func(context.Context, []string) ([]int, error) { return row.values, row.err }
			dataloader.New(b.loop, fetch).LoadSettled([]string{"key of Ada", "key of Bob"})
			b.run(t.Context())
			span := b.spans.GetSpans()[0]
			require.Equal(t, sdktrace.Status{Code: codes.Error, Description: row.text}, span.Status)
			require.Contains(t, span.Attributes, attribute.String("error.type", row.typ))
			require.Contains(t, span.Attributes, attribute.Int("dataloader.batch.failed_keys", 2))
			require.NotContains(t, fmt.Sprintf("%+v", span), "key of", "keys are not recorded unless they are asked for")
		})
	}
}

func TestAKeyThatFailsAloneIsNoErrorOfTheBatch(t *testing.T) {
	b := newBench(t)
	fetch := func(context.Context, []int) (map[int]int, error) { return map[int]int{1: 1}, nil }
	dataloader.NewMapped(b.loop, fetch).LoadSettled([]int{1, 2})
	b.run(t.Context())
	span := b.spans.GetSpans()[0]
	require.Equal(t, codes.Unset, span.Status.Code)
	require.Contains(t, span.Attributes, attribute.Int("dataloader.batch.failed_keys", 1))
}

var errGone = errors.New("the client went away")

// A batch that ctx ended before it was started has a span, and one that was running has its span ended at once.
func TestACancelledRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		ctx, cancel := context.WithCancelCause(b.span(t.Context(), "request"))
		stubborn := dataloader.New(b.loop, func(_ context.Context, keys []int) ([]int, error) {
			time.Sleep(time.Hour)
			return keys, nil
		}, dataloader.WithName("stubborn"), dataloader.WithMaxBatchSize(1), dataloader.WithMaxConcurrency(1))
		caller := b.span(ctx, "caller")
		oteltrace.LoadMany(caller, stubborn, []int{1, 2})
		time.AfterFunc(time.Minute, func() { cancel(errGone) })
		require.ErrorIs(t, b.loop.Run(ctx), errGone)

		require.Equal(t, []string{
			`dataloader.batch stubborn in "request" for [caller]`, `dataloader.batch stubborn in "request" for [caller]`,
		}, b.batches())
		for _, span := range b.spans.GetSpans() {
			require.Equal(t, errGone.Error(), span.Status.Description)
		}
		require.Equal(t, time.Minute, b.spans.GetSpans()[0].EndTime.Sub(b.spans.GetSpans()[0].StartTime))
		time.Sleep(time.Hour)
		require.Len(t, b.spans.GetSpans(), 2)
	})
}

// However a cancellation and the start of a batch's goroutine fall, each batch has one span, and it has ended.
func TestABatchThatStartsAsItsRequestEnds(t *testing.T) {
	for range 200 {
		b := newBench(t)
		ctx, cancel := context.WithCancel(t.Context())
		l := users(b, dataloader.WithMaxBatchSize(1))
		l.LoadSettled([]int{1, 2, 3})
		b.loop.AtTickEnd(cancel)
		_ = b.loop.Run(ctx)
		require.Len(t, b.batches(), 3)
	}
}

func TestLinksGoToWhoeverAsked(t *testing.T) {
	b := newBench(t)
	request := b.span(t.Context(), "request")
	l := users(b)
	one, two := b.span(request, "one"), b.span(request, "two")
	oteltrace.Load(one, l, 1)
	oteltrace.LoadMany(two, l, []int{2, 1, 2})
	l.Load(3) // asked for without a span
	oteltrace.Load(two, l, 4).Then(func(int) *promise.Promise[int] {
		oteltrace.Load(one, l, 1) // is there: no batch, no link
		return oteltrace.Load(b.span(request, "three"), l, 5)
	})
	b.run(request)
	require.Equal(t, []string{
		`dataloader.batch users in "request" for [one two]`, `dataloader.batch users in "request" for [three]`,
	}, b.batches())
}

func TestLinksGoToTheLoaderThatWasAsked(t *testing.T) {
	b := newBench(t)
	first, second := users(b), users(b)
	oteltrace.Load(b.span(t.Context(), "one"), first, 1)
	oteltrace.Load(b.span(t.Context(), "two"), second, 1)
	second.Load(2)
	b.run(t.Context())
	require.ElementsMatch(t, []string{
		`dataloader.batch users in "" for [one]`, `dataloader.batch users in "" for [two]`,
	}, b.batches())
}

// Who asks for a key that is under way is linked to that batch, though nobody had a span when the key was queued.
func TestLinksToABatchThatIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		slow := dataloader.New(b.loop, func(_ context.Context, keys []int) ([]int, error) {
			time.Sleep(time.Hour)
			return keys, nil
		}, dataloader.WithName("users"), dataloader.WithMaxBatchSize(1), dataloader.WithMaxConcurrency(1))
		slow.LoadMany([]int{1, 2, 3})
		request := b.span(t.Context(), "request")
		for i, key := range []int{1, 2, 2} { // the first is running, the second waits for its turn
			b.loop.AfterFunc(time.Minute, func() { oteltrace.Load(b.span(request, fmt.Sprint("late ", i)), slow, key) })
		}
		b.run(request)
		require.Equal(t, []string{
			`dataloader.batch users in "request" for [late 0]`, `dataloader.batch users in "request" for [late 1 late 2]`,
			`dataloader.batch users in "request" for []`,
		}, b.batches())
	})
}

// A key that is cleared and loaded again while its batch waits for its turn belongs to the next batch.
func TestLinksOfAKeyThatWasCleared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		slow := dataloader.New(b.loop, func(_ context.Context, keys []int) ([]int, error) {
			time.Sleep(time.Hour)
			return keys, nil
		}, dataloader.WithName("users"), dataloader.WithMaxBatchSize(1), dataloader.WithMaxConcurrency(1))
		slow.LoadMany([]int{1, 2})
		request := b.span(t.Context(), "request")
		b.loop.AfterFunc(time.Minute, func() { oteltrace.Load(b.span(request, "again"), slow.Clear(2), 2) })
		b.run(request)
		require.Equal(t, []string{
			`dataloader.batch users in "request" for []`, `dataloader.batch users in "request" for []`,
			`dataloader.batch users in "request" for [again]`,
		}, b.batches())
	})
}

func TestLoadIsAPlainLoadWithoutATracerOrASpan(t *testing.T) {
	b := newBench(t)
	ctx := b.span(t.Context(), "caller")
	plain := dataloader.New(scheduler.New(), friends)
	v, err := oteltrace.Load(ctx, plain, 1).Await(ctx)
	require.Equal(t, []any{3, nil}, []any{v, err})
	vs, err := oteltrace.LoadMany(ctx, plain, []int{1, 2}).Await(ctx)
	require.Equal(t, []any{[]int{3, 4}, nil}, []any{vs, err})
	require.Empty(t, b.spans.GetSpans())

	l := users(b)
	require.Same(t, oteltrace.Load(t.Context(), l, 1), l.Load(1))
	b.run(t.Context())
	require.Equal(t, []string{`dataloader.batch users in "" for []`}, b.batches())
}

func TestAwaitsAreTheRequestsToo(t *testing.T) {
	b := newBench(t)
	ctx := b.span(t.Context(), "await")
	_, err := users(b).Load(1).Await(ctx)
	require.NoError(t, err)
	require.NoError(t, b.loop.Close())
	require.Equal(t, []string{`dataloader.batch users in "await" for []`}, b.batches())
}
