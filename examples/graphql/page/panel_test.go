// What the panel shows, in a browser, of answers that a real server gives only now and then.
package page_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/examples/graphql/page/pagetest"
)

func TestPanel(t *testing.T) {
	browser := pagetest.Start(t)

	t.Run("it hints at what it is for, until a query has run", func(t *testing.T) {
		tab := browser.Open(t, serve(t, three()).URL)
		require.Equal(t, []string{"Run a query: what it asks of the database is drawn here, batch by batch."},
			tab.Texts(".batches .hint"))
		require.Empty(t, tab.Texts(pagetest.Bars))
	})

	t.Run("rounds, lanes and bars", func(t *testing.T) {
		tab := browser.Open(t, serve(t, three()).URL)
		tab.Run()
		require.Equal(t, "3 rounds, 4 batches, 4 statements, 12.3 ms 1 error", tab.Summary())
		require.Equal(t, []string{"Round 1", "Round 2", "Round 3"}, tab.Attributes(".batches .round", "aria-label"))
		require.Equal(t, []string{"users", "friends", "posts", "users"}, tab.Texts(".batches .loader-name"))
		require.Equal(t, []string{
			"users, round 1, 1 key, 2.00 ms", "friends, round 2, 2 keys, 3.00 ms",
			"posts, round 2, 1 key, 4.00 ms, failed", "users, round 3, 150 keys, 5.00 ms",
		}, tab.Attributes(pagetest.Bars, "aria-label"))
		require.Equal(t, []string{"1 key 2.00 ms", "2 keys 3.00 ms", "failed 4.00 ms", "150 keys 5.00 ms"},
			tab.Texts(pagetest.Bars))
		failed := tab.Attributes(pagetest.Bars+".error", "aria-label")
		require.Equal(t, []string{"posts, round 2, 1 key, 4.00 ms, failed"}, failed)
		require.Equal(t, []string{"users 7 loads, 2 hits, 2 batches, 5 keys"}, tab.Texts(".batches .loaders li"))
		require.JSONEq(t, `{"data": {"me": "Ada"}, "extensions": {"trace": "kept"}}`, tab.Result())
	})

	t.Run("a bar lies where and as long as its batch ran", func(t *testing.T) {
		tab := browser.Open(t, serve(t, reports(false, 2, 10000,
			batch{Loader: "users", Round: 1, Size: 1, StartMicros: 1000, Micros: 2000},
			batch{Loader: "users", Round: 2, Size: 1, StartMicros: 5000, Micros: 5000})).URL)
		tab.Run()
		tab.Until(`(() => {
			const width = document.querySelector('.axis .track').clientWidth
			const near = (a, b) => Math.abs(a - b) < 0.05
			const bars = Array.from(document.querySelectorAll('.bar'))
			const [one, two] = bars.map((b) => [b.offsetLeft / width * 10, b.offsetWidth / width * 10])
			return near(one[0], 1) && near(one[1], 2) && near(two[0], 5) && near(two[1], 5)
		})()`)
	})

	t.Run("its SQL and keys on hover", func(t *testing.T) {
		tab := browser.Open(t, serve(t, three()).URL)
		tab.Run()
		tab.Hover(".round:nth-of-type(4) .bar")
		tab.Until(`document.querySelector('.details')`)
		require.Equal(t, []string{"SELECT id, name FROM users WHERE id IN (?, ?)"}, tab.Texts(".details pre"))
		require.Equal(t, []string{"45and 148 more"}, tab.Texts(".details .keys"))
		require.Equal(t, []string{"5.00 ms, from 7.00 ms to 12.0 ms"}, tab.Texts(".details .when"))
		tab.Hover(".details pre") // it can be reached, to select its text
		tab.Until(`document.querySelector('.details:hover')`)
		tab.Until(`performance.now() - (window.reached ??= performance.now()) > 300`) // it goes 200 ms after it is left
		require.Len(t, tab.Texts(".details"), 1)
		tab.Hover(".graphiql-logo")
		tab.Until(`!document.querySelector('.details')`)
	})

	t.Run("the keyboard reaches every bar, in the order of time", func(t *testing.T) {
		tab := browser.Open(t, serve(t, three()).URL)
		tab.Run()
		stops := tab.Attributes(pagetest.Bars, "tabindex")
		require.Equal(t, []string{"0", "-1", "-1", "-1"}, stops, "one stop for the tab key")
		tab.Focus(pagetest.Bars)
		for _, row := range []struct{ key, sql string }{
			{pagetest.Right, "SELECT friend FROM friendships"},
			{pagetest.Right, "SELECT title FROM posts"},
			{pagetest.End, "SELECT id, name FROM users WHERE id IN (?, ?)"},
			{pagetest.Right, "SELECT id, name FROM users WHERE id IN (?, ?)"}, // the last stays the last
			{pagetest.Left, "SELECT title FROM posts"},
		} {
			tab.Key(row.key)
			tab.Shows(".details pre", row.sql)
		}
		require.Equal(t, []string{"the database is gone"}, tab.Texts(".details .failed"))
		require.Equal(t, []string{"batch-details"}, tab.Attributes(pagetest.Bars+":focus", "aria-describedby"))
		tab.Key(pagetest.Escape)
		tab.Shows(".details")
	})

	t.Run("a naive run has no rounds, and one lane for what follows each other", func(t *testing.T) {
		statements := make([]batch, 500)
		for i := range statements {
			statements[i] = batch{"users", 0, 1, []string{"1"}, i * 100, 90, "SELECT 1", 1, ""}
		}
		tab := browser.Open(t, serve(t, reports(true, 0, 50000, statements...)).URL)
		tab.Run()
		require.Equal(t, "naive 500 statements, 50.0 ms", tab.Summary())
		require.Equal(t, []string{"users × 500"}, tab.Texts(".batches .loader-name"))
		require.Len(t, tab.Texts(pagetest.Bars), 500)
	})

	t.Run("as JSON", func(t *testing.T) {
		tab := browser.Open(t, serve(t, three()).URL)
		tab.Run()
		tab.Press(".views button:nth-child(2)")
		tab.Until(`document.querySelector('.batches .json')`)
		require.Contains(t, strings.Join(tab.Texts(".batches .json"), ""), `"error": "the database is gone"`)
		tab.Press(".batches h2 button")
		tab.Shows(".batches .json") // folded away
	})

	t.Run("answers without batches", func(t *testing.T) {
		for _, row := range []struct {
			name   string
			answer http.HandlerFunc
			shown  string
			logged int
		}{
			{"none were needed", says(200, `{"data": {}, "extensions": {"batches":
				{"rounds": 0, "statements": 0, "micros": 90, "batches": null, "loaders": null}}}`),
				"0 rounds, 0 batches, 0 statements, 90 µs", 0},
			{"the query is refused", says(400, `{"errors":[{"message":"too deep"}]}`), "This answer reports no batches.", 1},
			{"not GraphQL at all", says(502, `bad gateway`), "This answer reports no batches.", 1},
		} {
			t.Run(row.name, func(t *testing.T) {
				tab := browser.Open(t, serve(t, row.answer).URL)
				tab.Run()
				require.Equal(t, []string{row.shown}, tab.Texts(".batches .summary"))
				require.Empty(t, tab.Texts(pagetest.Bars))
				require.Len(t, tab.Errors(), row.logged, "Chromium logs a failed request")
			})
		}
	})

	t.Run("each tab shows the batches of its own answer", func(t *testing.T) {
		other := reports(false, 1, 500, batch{Loader: "posts", Round: 1, Size: 1, Micros: 400})
		tab := browser.Open(t, serve(t, three(), other).URL)
		tab.Run()
		bars := tab.Texts(pagetest.Bars)
		require.Len(t, bars, 4)
		tab.SwitchTo(1)
		tab.Shows(pagetest.Bars)
		tab.Run()
		tab.Shows(pagetest.Bars, "1 key 400 µs")
		require.Equal(t, "1 round, 1 batch, 1 statement, 500 µs", tab.Summary())
		tab.SwitchTo(0)
		tab.Shows(pagetest.Bars, bars...)
	})

	t.Run("the stop button hangs up", func(t *testing.T) {
		asked, gone := make(chan struct{}), make(chan struct{})
		tab := browser.Open(t, serve(t, three(), func(_ http.ResponseWriter, r *http.Request) {
			close(asked)
			<-r.Context().Done()
			close(gone)
		}).URL)
		tab.Run()
		tab.Press(".graphiql-execute-button")
		soon(t, asked)
		tab.Until(`document.querySelector('.batches[aria-busy="true"]')`)
		tab.Press(".graphiql-execute-button")
		soon(t, gone)
		tab.Settled()
		require.Len(t, tab.Texts(pagetest.Bars), 4, "those of the last answer")
	})

	t.Run("headers are sent", func(t *testing.T) {
		server := serve(t, three())
		tab := browser.Open(t, server.URL)
		tab.Headers(`{"Authorization": "Bearer me"}`)
		tab.Run()
		require.Equal(t, "Bearer me", server.headers()[0].Get("Authorization"))
	})

	t.Run("the dialogs, the menus and the documentation break no rule", func(t *testing.T) {
		tab := browser.Open(t, serve(t, three()).URL)
		tab.Press(`button[aria-label="Show Documentation Explorer"]`)
		tab.Until(`document.querySelector('.graphiql-doc-explorer')`)
		tab.Press(`button[aria-label="Open short keys dialog"]`)
		tab.Until(`document.querySelector('.graphiql-dialog')`)
		tab.Key(pagetest.Escape)
		tab.Until(`!document.querySelector('.graphiql-dialog')`)
		tab.Press(`button[aria-label="Open settings dialog"]`)
		tab.Press(`.graphiql-dialog button[data-theme="dark"]`)
		tab.Until(`document.body.matches('.graphiql-dark')`)
	})
}

// soon fails a test that would wait for ever.
func soon(t *testing.T, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(time.Minute):
		require.FailNow(t, "the server has waited for a minute")
	}
}
