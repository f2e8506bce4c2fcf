package trace_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/dataloader/trace"
	"github.com/batchtick/batchtick/promise"
)

// everything is the record in every form there is.
func everything(t *testing.T, rec *trace.Recorder) map[string]string {
	var page, chrome bytes.Buffer
	require.NoError(t, rec.HTML(&page))
	require.NoError(t, rec.ChromeTrace(&chrome))
	summary, err := json.Marshal(rec.Summary())
	require.NoError(t, err)
	return map[string]string{
		"text": rec.Text(trace.TextPlain()), "page": page.String(), "chrome": chrome.String(),
		"summary": rec.Summary().String(), "json": string(summary),
	}
}

// secrets makes a record of the key "secret-1" and the like, in every place where a key can turn up.
func secrets(t *testing.T, opts ...trace.Option) *trace.Recorder {
	r := newRequest(t, opts...)
	fetch := func(err error) dataloader.BatchFunc[string, int] {
		return func(context.Context, []string) ([]int, error) { return nil, err }
	}
	keys := []string{"secret-1", "secret-2"}
	names := []string{"ok", "quoting", "short", "wrapped"}
	for i, fetch := range []dataloader.BatchFunc[string, int]{
		func(_ context.Context, keys []string) ([]int, error) { return make([]int, len(keys)), nil },
		fetch(fmt.Errorf("users: %w", errors.New("no row for secret-1"))), fetch(nil), fetch(fmt.Errorf("secret-2: %w", context.DeadlineExceeded)),
	} {
		l := dataloader.New(r.loop, fetch, dataloader.WithName(names[i]))
		l.LoadSettled(keys).Then(func(rs []promise.Result[int]) *promise.Promise[[]promise.Result[int]] {
			return l.LoadSettled([]string{"secret-3"})
		})
	}
	r.run()
	return r.rec
}

func TestKeysAreShown(t *testing.T) {
	for form, text := range everything(t, secrets(t)) {
		if form != "summary" && form != "json" {
			for _, want := range []string{"secret-1", "secret-2", "secret-3", "no row for secret-1", "secret-2: context deadline exceeded"} {
				require.Contains(t, text, want, form)
			}
		}
	}
}

func TestWithoutKeys(t *testing.T) {
	for form, text := range everything(t, secrets(t, trace.WithoutKeys())) {
		require.NotContains(t, text, "secret", form)
		require.NotContains(t, text, "wrapError", "the type of the innermost error says more")
		if form != "summary" && form != "json" {
			for _, want := range []string{
				"*errors.errorString", "context deadline exceeded", "the batch function returned 0 values for 2 keys",
			} {
				require.Contains(t, text, want, form)
			}
		}
	}
}

func TestWithKeysShowsWhatItIsTold(t *testing.T) {
	show := func(key any) string { return "#" + strings.TrimPrefix(key.(string), "secret-") }
	for form, text := range everything(t, secrets(t, trace.WithKeys(show))) {
		require.NotContains(t, text, "secret", form)
		if form != "summary" && form != "json" {
			require.Contains(t, text, "#3", form)
		}
	}
}
