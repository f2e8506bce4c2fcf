package trace_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/dataloader/trace"
)

type chromeEvent map[string]any

func chromeEvents(t *testing.T, rec *trace.Recorder) []chromeEvent {
	var b bytes.Buffer
	require.NoError(t, rec.ChromeTrace(&b))
	var file struct {
		TraceEvents     []chromeEvent
		DisplayTimeUnit string
	}
	d := json.NewDecoder(&b)
	d.DisallowUnknownFields()
	require.NoError(t, d.Decode(&file))
	require.Contains(t, []string{"ms", "ns"}, file.DisplayTimeUnit)
	return file.TraceEvents
}

// documented has the fields that the Trace Event Format document requires of each phase that is written here, and those
// that it allows.
var documented = map[string]struct{ required, allowed []string }{
	"X": {[]string{"name", "cat", "ph", "ts", "dur", "pid", "tid"}, []string{"args"}},
	"i": {[]string{"name", "cat", "ph", "ts", "pid", "tid", "s"}, []string{"args"}},
	"s": {[]string{"name", "cat", "ph", "ts", "pid", "tid", "id"}, nil},
	"f": {[]string{"name", "cat", "ph", "ts", "pid", "tid", "id"}, []string{"bp"}},
	"M": {[]string{"name", "ph", "pid", "args"}, []string{"tid", "ts", "cat"}},
}

func TestChromeTraceHasTheDocumentedFields(t *testing.T) {
	bubble(t, func(t *testing.T) {
		for _, rec := range []*trace.Recorder{blog(t), feed(t), trace.New()} {
			for _, e := range chromeEvents(t, rec) {
				fields, known := documented[e["ph"].(string)]
				require.True(t, known, "%v", e)
				for _, name := range fields.required {
					require.Contains(t, e, name)
				}
				for name, value := range e {
					require.Contains(t, append(fields.allowed, fields.required...), name, "%v", e)
					switch name {
					case "pid", "tid", "id":
						require.Positive(t, value.(float64))
					case "ts", "dur":
						require.GreaterOrEqual(t, value.(float64), 0.0)
					case "args":
						require.IsType(t, map[string]any{}, value)
					default:
						require.NotEmpty(t, value.(string))
					}
				}
			}
		}
	})
}

func TestChromeTraceHasEveryBatchAndWhatLedToIt(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tracks, slices, flows := map[any]any{}, map[string]string{}, map[any][]string{}
		at := func(e chromeEvent) string { return fmt.Sprintf("%v@%v", tracks[e["tid"]], e["ts"]) }
		for _, e := range chromeEvents(t, blog(t)) {
			switch e["ph"] {
			case "M":
				if e["name"] == "thread_name" {
					tracks[e["tid"]] = e["args"].(map[string]any)["name"]
				}
			case "X":
				if args, ok := e["args"].(map[string]any); ok {
					slices[at(e)] = fmt.Sprint(e["dur"], " ", args["round"], " ", args["keys"], " ", args["error"])
				}
			case "s", "f":
				flows[e["id"]] = append(flows[e["id"]], at(e))
			}
		}
		require.Equal(t, map[any]any{1.0: "loop", 2.0: "posts", 3.0: "search", 4.0: "users", 5.0: "tags"}, tracks)
		require.Equal(t, map[string]string{
			"posts@0":    "4000 1 [1 2 3 4 5] <nil>",
			"search@0":   `2000 1 ["what is new"] no index for "what is new"`,
			"users@4000": "8000 2 [10 11 12] <nil>",
			"tags@12000": "3000 3 [101 102 103] <nil>",
			"tags@15000": "3000 3 [104 105] <nil>",
		}, slices)
		require.Equal(t, map[any][]string{
			1.0: {"posts@3999.999", "users@4000"},
			2.0: {"users@11999.999", "tags@12000"},
			3.0: {"users@11999.999", "tags@15000"},
		}, flows)
	})
}

// The format wants the slices of one thread to nest; batches that overlap do not.
func TestChromeTraceGivesBatchesThatOverlapTracksOfTheirOwn(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRequest(t)
		users := r.loader("users", time.Second, dataloader.WithMaxBatchSize(1), dataloader.WithMaxConcurrency(3))
		users.LoadMany([]int{1, 2, 3, 4, 5, 6, 7})
		r.run()
		ends := map[any]float64{}
		for _, e := range chromeEvents(t, r.rec) {
			if e["ph"] == "X" {
				require.GreaterOrEqual(t, e["ts"].(float64), ends[e["tid"]])
				ends[e["tid"]] = e["ts"].(float64) + e["dur"].(float64)
			}
		}
		require.Len(t, ends, 1+3)
	})
}
