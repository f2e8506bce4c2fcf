package trace_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/dataloader/trace"
	"github.com/batchtick/batchtick/promise"
)

func page(t *testing.T, rec *trace.Recorder) string {
	var b bytes.Buffer
	require.NoError(t, rec.HTML(&b))
	return b.String()
}

func TestThePageHasEveryBatch(t *testing.T) {
	bubble(t, func(t *testing.T) {
		text := page(t, blog(t))
		require.Equal(t, 5, strings.Count(text, `<li class="row`))
		require.Equal(t, 3, strings.Count(text, `<div class="round">`))
		for _, want := range []string{
			`<dd>3</dd>`, `<dt>rounds</dt>`, `WithMaxBatchSize(3) cut the 5 keys`, `no index for &#34;what is new&#34;`,
			`<dd class="keys"><span>10</span> <span>11</span> <span>12</span>`, `data-after="0"`, `posts (round 1)`,
			`style="left: 22.222%; width: 44.444%"`, // users, from 4 to 12 of 18 ms
		} {
			require.Contains(t, text, want)
		}
		require.NotContains(t, text, "ZgotmplZ", "html/template took a value for dangerous")
		for _, other := range []string{"src=", "href=", "url(", "@import", "//"} { // but for a comment
			require.NotContains(t, strings.ReplaceAll(text, "\n// A batch in hand", ""), other, "the page needs nothing else")
		}
	})
}

func TestEachRunHasATimeLineOfItsOwn(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRequest(t)
		users := r.loader("users", time.Second)
		for i := range 2 {
			users.LoadMany([]int{2 * i, 2*i + 1})
			r.run()
			time.Sleep(time.Hour)
		}
		text := page(t, r.rec)
		require.Contains(t, text, "<h2>Run 2, after 1h0m0s</h2>")
		require.Equal(t, 2, strings.Count(text, `<div class="bar" style="left: 0.000%; width: 100.000%">`))
	})
}

func TestAPageOfNothing(t *testing.T) {
	text := page(t, trace.New())
	require.Contains(t, text, "Nothing was loaded.")
	require.NotContains(t, text, "<script>")
}

func TestThePageIsNotForEver(t *testing.T) {
	r := newRequest(t)
	keys := make([]int, 5000)
	for i := range keys {
		keys[i] = i
	}
	r.loader("users", 0, dataloader.WithMaxBatchSize(2)).LoadMany(keys)
	r.run()
	r.loader("posts", 0).LoadMany(keys)
	r.run()
	text := page(t, r.rec)
	require.Equal(t, 2000, strings.Count(text, `<li class="row`))
	require.Contains(t, text, "<p>… and 501 more batches</p>")
	r = newRequest(t)
	r.loader("posts", 0).LoadMany(keys)
	r.run()
	require.Contains(t, page(t, r.rec), "and 4800 more")
}

// evil is what a stranger may put into a key, or a source into a name or an error.
var evil = []string{
	`<script>document.title = "taken"</script>`, `</script><script>document.title = "taken"</script>`,
	`"><img src=x onerror='document.title = "taken"'>`, `</style><h1 id=injected>`, `' onmouseover='alert(1)`, `{{.Name}}`, `javascript:1`,
}

func evilRecord(t *testing.T) *trace.Recorder {
	r := newRequest(t)
	for _, text := range evil {
		l := dataloader.New(r.loop, func(context.Context, []string) ([]int, error) {
			return nil, errors.New(text)
		}, dataloader.WithName(text))
		l.LoadSettled([]string{text}).Then(func([]promise.Result[int]) *promise.Promise[[]promise.Result[int]] {
			return l.LoadSettled([]string{text})
		})
	}
	r.run()
	return r.rec
}

func TestThePageEscapesWhatStrangersWrite(t *testing.T) {
	text := page(t, evilRecord(t))
	require.Equal(t, 1, strings.Count(text, "<script>"), "the page's own")
	require.Equal(t, 1, strings.Count(text, "</script>"))
	require.Equal(t, 1, strings.Count(text, "</style>"))
	require.NotContains(t, text, "<img")
	require.NotContains(t, text, "id=injected>")
	for _, evil := range evil {
		require.Contains(t, html.UnescapeString(text), evil, "it is shown all the same")
	}
}

// focused holds the page's load event back until the window has the focus, which takes Chromium a moment, and the batch has
// it in the window. What Chromium prints or draws is the page after its load event.
const focused = `<script>
document.body.append(Object.assign(new Image(), {src: "/hold", hidden: true}));
(function poll() {
  if (!document.hasFocus()) return setTimeout(poll, 20);
  document.getElementById("%s").focus({focusVisible: true});
  %s
  fetch("/release");
})();
</script>`

// probe says what a person would see who has tabbed to the third batch.
const probe = `
const row = document.activeElement;
const seen = e => getComputedStyle(e).display !== "none" && e.getBoundingClientRect().width > 0;
const bar = e => e.querySelector(".bar").getBoundingClientRect();
const rows = [...document.querySelectorAll(".row")];
document.body.dataset.probe = JSON.stringify({
  focused: row.id, card: seen(row.querySelector(".card")), cards: rows.filter(r => seen(r.querySelector(".card"))).length,
  keys: row.querySelector(".card .keys").innerText.trim().replace(/\s+/g, " "), led: rows.filter(r => r.matches(".led")).map(r => r.id),
  after: bar(row).left >= bar(rows[0]).right - 1, twice: Math.abs(bar(row).width - 2 * bar(rows[0]).width) < 2,
  sideways: document.documentElement.scrollWidth > innerWidth, paper: getComputedStyle(document.body).backgroundColor, rows: rows.length,
  title: document.title, injected: document.getElementById("injected") !== null,
});`

func TestThePageInABrowser(t *testing.T) {
	chromium := browser(t)
	var text string
	bubble(t, func(t *testing.T) { text = page(t, blog(t)) })
	const want = `{"focused":"b2","card":true,"cards":1,"keys":"10 11 12","led":["b0"],"after":true,"twice":true,"sideways":false,` +
		`"paper":"%s","rows":5,"title":"Batches","injected":false}`
	third := fmt.Sprintf(focused, "b2", probe)
	for scheme, paper := range map[string]string{"light": "rgb(255, 255, 255)", "dark": "rgb(13, 17, 23)"} {
		t.Run(scheme, func(t *testing.T) {
			dom := chromium(t, text+third, scheme, "--window-size=1200,900", "--dump-dom")
			require.Equal(t, fmt.Sprintf(want, paper), probed(t, dom))
		})
	}
	t.Run("narrow", func(t *testing.T) {
		require.Contains(t, probed(t, chromium(t, text+third, "light", "--window-size=500,900", "--dump-dom")), `"sideways":false`)
	})
	t.Run("evil", func(t *testing.T) {
		dom := chromium(t, page(t, evilRecord(t))+third, "light", "--dump-dom")
		require.Contains(t, probed(t, dom), `"rows":14,"title":"Batches","injected":false`)
	})
}

// probed returns what the probe said.
func probed(t *testing.T, dom string) string {
	t.Helper()
	said := regexp.MustCompile(`data-probe="([^"]*)"`).FindStringSubmatch(dom)
	require.NotNil(t, said, "the script did not run")
	return html.UnescapeString(said[1])
}

var pictures = flag.String("pictures", "", "write pictures of the page to this `folder`")

// The pictures of docs/observability.md: go test ./dataloader/trace -run Pictures -pictures ../../docs
func TestPictures(t *testing.T) {
	if *pictures == "" {
		t.Skip("no -pictures")
	}
	chromium := browser(t)
	var text string
	bubble(t, func(t *testing.T) { text = page(t, feed(t)) })
	last := fmt.Sprintf(focused, "b9", "")
	for _, scheme := range []string{"light", "dark"} {
		file, err := filepath.Abs(filepath.Join(*pictures, "trace-"+scheme+".png"))
		require.NoError(t, err)
		chromium(t, text+last, scheme, "--window-size=1180,1060", "--hide-scrollbars", "--screenshot="+file)
		require.FileExists(t, file)
	}
}

// feed is the request of the pictures: a page of posts with authors, likes and comments.
func feed(t *testing.T) *trace.Recorder {
	r := newRequest(t)
	const ms = time.Millisecond
	posts, users := r.loader("posts", 14*ms), r.loader("users", 9*ms)
	comments, likes := r.loader("comments", 22*ms), r.loader("likes", 6*ms)
	avatars := r.loader("avatars", 7*ms, dataloader.WithMaxBatchSize(6), dataloader.WithMaxConcurrency(1))
	ads := dataloader.New(r.loop, func(context.Context, []string) ([]string, error) {
		time.Sleep(11 * ms)
		return nil, errors.New("connection refused")
	}, dataloader.WithName("ads"))
	user := func(id int) *promise.Promise[int] {
		return users.Load(id).Then(func(u int) *promise.Promise[int] { return avatars.Load(500 + u) })
	}
	ads.LoadSettled([]string{"top", "right"})
	promise.MapAll(r.loop, []int{101, 102, 103, 104, 105, 106, 107, 108, 109, 110}, 0, func(id int) *promise.Promise[int] {
		return posts.Load(id).Then(func(post int) *promise.Promise[int] {
			user(post % 7)
			likes.Load(post)
			return comments.Load(post * 10).Then(func(c int) *promise.Promise[int] { return user(c / 10 % 16) })
		})
	})
	r.run()
	return r.rec
}

// browser returns a func that opens a page in headless Chromium and returns what it printed.
func browser(t *testing.T) func(t *testing.T, page, scheme string, args ...string) string {
	path, err := exec.LookPath("chromium")
	if err != nil {
		path, err = exec.LookPath("google-chrome")
	}
	if err != nil && os.Getenv("BATCHTICK_REQUIRE_CHROMIUM") == "1" {
		t.Fatal("BATCHTICK_REQUIRE_CHROMIUM=1, and there is no chromium")
	}
	if err != nil || testing.Short() {
		t.Skip("no chromium, or -short")
	}
	return func(t *testing.T, page, scheme string, args ...string) string {
		t.Helper()
		server, release := httptest.NewUnstartedServer(nil), make(chan struct{})
		server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/":
				fmt.Fprint(w, page)
			case "/hold":
				select {
				case <-release:
				case <-r.Context().Done():
				}
			case "/release":
				close(release)
			}
		})
		server.Start()
		defer server.Close()
		preferred := map[string]string{"dark": "0", "light": "1"}[scheme]
		args = append([]string{
			"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
			"--disable-component-update", "--disable-sync", "--user-data-dir=" + t.TempDir(),
			"--blink-settings=preferredColorScheme=" + preferred,
		}, append(args, server.URL)...)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		cmd := exec.CommandContext(ctx, path, args...)
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		require.NoError(t, cmd.Run(), "%s", &errs)
		return out.String()
	}
}
