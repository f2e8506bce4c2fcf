package pagetest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// Run presses the run button and waits for the answer. GraphiQL empties the result as the button is pressed, and the panel
// is drawn before the result.
func (tab *Tab) Run() {
	tab.t.Helper()
	tab.Press(`.graphiql-execute-button`)
	tab.Until(result)
	tab.Settled()
}

// Press clicks on what the selector finds.
func (tab *Tab) Press(selector string) {
	tab.t.Helper()
	tab.Do(chromedp.Click(selector, chromedp.NodeVisible))
}

// SwitchTo switches to one of GraphiQL's tabs.
func (tab *Tab) SwitchTo(i int) {
	tab.t.Helper()
	button := fmt.Sprintf(`#graphiql-session-tab-%d`, i)
	tab.Press(button)
	tab.Until(fmt.Sprintf(`document.querySelector(%q).closest('[aria-selected="true"]')`, button))
}

// Settled waits until nothing runs and the panel shows a summary or says why there is none.
func (tab *Tab) Settled() {
	tab.t.Helper()
	tab.Until(`document.querySelector('.batches[aria-busy="false"] .summary')?.textContent`)
}

const result = `document.querySelector('.graphiql-response .CodeMirror').CodeMirror.getValue()`

// Until waits for a JavaScript expression to be true.
func (tab *Tab) Until(expression string) {
	tab.t.Helper()
	get(tab, chromedp.Poll[bool]("Boolean("+expression+")", chromedp.WithPollingTimeout(patience)))
}

// Texts returns the text of every element that the selector finds.
func (tab *Tab) Texts(selector string) []string {
	tab.t.Helper()
	return get(tab, evaluate[[]string](`Array.from(document.querySelectorAll(%q), (e) => e.textContent.trim())`, selector))
}

// Shows waits until these are the texts of the elements that the selector finds: what is drawn after a key or a click may
// come a frame later.
func (tab *Tab) Shows(selector string, texts ...string) {
	tab.t.Helper()
	for start := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		got := tab.Texts(selector)
		if slices.Equal(texts, got) {
			return
		}
		if time.Since(start) > patience {
			require.Equal(tab.t, texts, got)
		}
	}
}

// Attributes returns an attribute of every element that the selector finds.
func (tab *Tab) Attributes(selector, name string) []string {
	tab.t.Helper()
	const attributes = `Array.from(document.querySelectorAll(%q), (e) => e.getAttribute(%q))`
	return get(tab, evaluate[[]string](attributes, selector, name))
}

// Summary returns the line that sums the request up.
func (tab *Tab) Summary() string {
	tab.t.Helper()
	return strings.Join(tab.Texts(`.batches .summary > *`), " ")
}

// Result returns what GraphiQL's result pane holds.
func (tab *Tab) Result() string {
	tab.t.Helper()
	return get(tab, evaluate[string](result))
}

// Headers makes these the headers of the requests.
func (tab *Tab) Headers(json string) {
	tab.t.Helper()
	const button = `button[data-name="headers"]`
	tab.Press(button)
	tab.Until(fmt.Sprintf(`document.querySelector(%q).matches('.active')`, button))
	tab.Type(`.graphiql-editor-tool .graphiql-editor:not(.hidden)`, json)
}

// Type replaces what is in one of GraphiQL's editors.
func (tab *Tab) Type(editor, text string) {
	tab.t.Helper()
	get(tab, evaluate[string](`(() => {
		const editor = document.querySelector(%q + ' .CodeMirror').CodeMirror
		editor.setValue(%q)
		return editor.getValue()
	})()`, editor, text))
}

func evaluate[T any](expression string, args ...any) chromedp.Action[T] {
	return chromedp.Evaluate[T](fmt.Sprintf(expression, args...))
}

// Focus puts the focus on what the selector finds.
func (tab *Tab) Focus(selector string) {
	tab.t.Helper()
	tab.Do(chromedp.Focus(selector))
}

// Hover moves the pointer to the middle of what the selector finds.
func (tab *Tab) Hover(selector string) {
	tab.t.Helper()
	at := get(tab, evaluate[[]float64](`(() => {
		const box = document.querySelector(%q).getBoundingClientRect()
		return [box.x + box.width / 2, box.y + box.height / 2]
	})()`, selector))
	tab.Do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, at[0], at[1]))
}

// Key presses keys in whatever has the focus.
func (tab *Tab) Key(keys string) {
	tab.t.Helper()
	tab.Do(chromedp.KeyEvent(keys))
}

// Prefers has the tab ask for a colour scheme: light or dark.
func Prefers(scheme string) Action {
	return call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
}

// Viewport sets the size of the window in CSS pixels, and how many dots a picture has for each.
func Viewport(width, height int64, scale float64) Action {
	return chromedp.EmulateViewport(width, height, chromedp.EmulateScale(scale))
}

// Picture returns what the tab shows, as a PNG.
func (tab *Tab) Picture() (png []byte) {
	tab.t.Helper()
	return get(tab, chromedp.CaptureScreenshot())
}

// Bars is the selector of the panel's bars.
const Bars = `.batches .bar`

// Keys for Key.
const (
	Escape = kb.Escape
	Left   = kb.ArrowLeft
	Right  = kb.ArrowRight
	End    = kb.End
)
