// Package pagetest opens the page in a headless Chromium for tests, and holds it to two rules in each of them:
// nothing is written to the console as an error, and nothing is asked of a host other than 127.0.0.1.
package pagetest

import (
	"context"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// patience bounds a test that waits for something that does not come. No test passes because time has passed.
const patience = time.Minute

// Browser is one Chromium process with an empty profile.
type Browser struct{ ctx context.Context }

// Start starts a Chromium, which ends with the test. Without one the test is skipped, or fails if
// BATCHTICK_REQUIRE_CHROMIUM is 1; with -short it is skipped.
func Start(t *testing.T) *Browser {
	t.Helper()
	if testing.Short() {
		t.Skip("-short leaves out what needs a browser")
	}
	program := find(t)
	flags := slices.Concat(chromedp.DefaultExecAllocatorOptions[:], []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(program),
		chromedp.NoSandbox, // CI runs as root
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"),
	})
	// Not t.Context(), which ends before the cleanups that look at the console.
	allocator, stop := chromedp.NewExecAllocator(context.Background(), flags...)
	ctx, _ := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		chromedp.Cancel(ctx) // waits until it has closed, so that it leaves no files behind
		stop()
	})
	require.NoError(t, chromedp.Do(ctx), "starting %s", program)
	return &Browser{ctx}
}

func find(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const missing = "the page is tested in Chromium, which is not on the PATH (on Debian: apt-get install chromium)"
	if os.Getenv("BATCHTICK_REQUIRE_CHROMIUM") == "1" {
		require.FailNow(t, missing)
	}
	t.Skip(missing)
	return ""
}

// Tab is one tab with storage of its own.
type Tab struct {
	t   *testing.T
	ctx context.Context

	mu     sync.Mutex // the browser's events come from another goroutine
	errors []string
	urls   []string
}

// Action is a step that returns nothing.
type Action = chromedp.Action[chromedp.Void]

// Open opens the page at address and waits until GraphiQL has the schema. The tab closes with the test, which fails
// if the page broke one of the package's rules.
func (b *Browser) Open(t *testing.T, address string, before ...Action) *Tab {
	t.Helper()
	ctx, closeTab := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(closeTab)
	tab := &Tab{t: t, ctx: ctx}
	require.NoError(t, chromedp.Do(ctx)) // makes the tab, which lives as long as the context of this call
	require.NoError(t, chromedp.Listen(ctx, tab.listen))
	tab.Do(call(network.Enable, network.EnableParams{}), call(log.Enable, cdp.Empty{}))
	tab.Do(before...)
	tab.Do(chromedp.Navigate(address), chromedp.WaitVisible(`.graphiql-query-editor .CodeMirror-line`),
		chromedp.WaitNotPresent(`.graphiql-sidebar .graphiql-spin`))
	t.Cleanup(func() {
		require.Empty(t, tab.Errors(), "written to the console")
		require.Empty(t, tab.foreign(), "asked of another host")
	})
	return tab
}

func call[P, R any](command cdp.Command[P, R], params P) Action {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, command, params)
		return err
	})
}

func (tab *Tab) listen(event any) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	switch event := event.(type) {
	case *network.EventRequestWillBeSent:
		tab.urls = append(tab.urls, event.Request.URL)
	case *runtime.EventExceptionThrown:
		thrown := event.ExceptionDetails.Text
		if exception := event.ExceptionDetails.Exception; exception != nil {
			thrown += " " + exception.Description
		}
		tab.errors = append(tab.errors, thrown)
	case *runtime.EventConsoleAPICalled:
		if event.Type == runtime.ConsoleAPICalledTypeError || event.Type == runtime.ConsoleAPICalledTypeWarning {
			for _, arg := range event.Args {
				tab.errors = append(tab.errors, string(event.Type)+": "+string(arg.Value)+arg.Description)
			}
		}
	case *log.EventEntryAdded:
		if event.Entry.Level == log.EntryLevelError {
			tab.errors = append(tab.errors, event.Entry.Text+" "+event.Entry.URL)
		}
	}
}

// Errors takes what the console holds. A test that expects an error calls it; what is left fails the test.
func (tab *Tab) Errors() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	taken := tab.errors
	tab.errors = nil
	return taken
}

func (tab *Tab) foreign() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(tab.urls), func(s string) bool {
		u, err := url.Parse(s)
		return err == nil && (u.Hostname() == "127.0.0.1" || u.Scheme == "data" || u.Scheme == "blob")
	})
}

// Do runs actions in the tab, or fails the test.
func (tab *Tab) Do(actions ...Action) {
	tab.t.Helper()
	get(tab, chromedp.Steps(actions...))
}

func get[T any](tab *Tab, action chromedp.Action[T]) T {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, action)
	require.NoError(tab.t, err)
	return value
}
