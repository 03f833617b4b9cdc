namespace Serverless.Tests.EndToEnd.Acceptance.Api;

/// <summary>The history of texts: its order, its pages, its filters.</summary>
[Collection(PatientSystem.Group)]
public sealed class MessageListTests(PatientSystem patient)
{
    private readonly Client _client = patient.Client;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task Every_text_is_on_exactly_one_page_newest_first(int limit)
    {
        var texts = await SendAllAsync("0107", "0107", "0107", "0107", "0107", "0107", "0107");

        var (listed, sizes) = await PagesAsync($"since={Time(texts[0])}", limit);

        Assert.Equal(texts.Select(text => text.Id).Reverse(), listed.Select(text => text.Id));
        Assert.Equal(listed.OrderByDescending(text => text.CreatedAt), listed);
        Assert.Equal((texts.Count + limit - 1) / limit, sizes.Count);
        Assert.All(sizes.SkipLast(1), size => Assert.Equal(limit, size));
    }

    [Fact]
    public async Task The_texts_of_one_number_are_listed_page_by_page_too_however_it_is_spelled()
    {
        var to = _client.Number("0108");
        var texts = new List<MessageBody>();
        for (var i = 0; i < 5; i++) texts.Add(await _client.SendAsync(to, $"{i}"));
        await SendAllAsync("0108");

        foreach (var spelling in new[] { to, Uri.EscapeDataString(to), to[2..], $"({to[2..5]})%20{to[5..8]}-{to[8..]}" })
        {
            var (listed, sizes) = await PagesAsync($"to={spelling}", 2);
            Assert.Equal(texts.Select(text => text.Id).Reverse(), listed.Select(text => text.Id));
            Assert.Equal([2, 2, 1], sizes);
        }
    }

    [Fact]
    public async Task A_filter_leaves_what_fits_it_over_all_pages()
    {
        var texts = await SendAllAsync("0109", "4004", "4005", "0109", "4004", "5001", "0001", "4005");
        await Task.WhenAll(texts.Where(text => !text.To.EndsWith("0001", StringComparison.Ordinal)).Select(text => _client.WaitAsync(text.Id, message => message.Status is not ("Sending" or "Sent"))));
        var since = $"since={Time(texts[0])}";

        foreach (var limit in new[] { 1, 2, 1000 })
        {
            await AssertListedAsync($"{since}&status=Delivered", limit, texts, 0, 3);
            await AssertListedAsync($"{since}&status=failed", limit, texts, 1, 2, 4, 7);
            await AssertListedAsync($"{since}&status=Retrying", limit, texts, 5);
            await AssertListedAsync($"{since}&status=Sent", limit, texts, 6);
            await AssertListedAsync($"{since}&status=Cancelled", limit, texts);
            await AssertListedAsync($"{since}&reason=NumberUnknown", limit, texts, 1, 4);
            await AssertListedAsync($"{since}&reason=NumberUnknown&status=Delivered", limit, texts);
            await AssertListedAsync($"{since}&direction=outgoing", limit, texts, 0, 1, 2, 3, 4, 5, 6, 7);
            await AssertListedAsync($"{since}&direction=incoming", limit, texts);
            await AssertListedAsync($"{since}&until={Time(texts[5])}", limit, texts, 0, 1, 2, 3, 4);
            await AssertListedAsync($"since={Time(texts[2])}&until={Time(texts[4])}", limit, texts, 2, 3);
            await AssertListedAsync($"since={Time(texts[4])}&until={Time(texts[2])}", limit, texts);
            await AssertListedAsync($"{since}&to={Uri.EscapeDataString(texts[2].To)}&reason=CarrierBlocked", limit, texts, 2);
            await AssertListedAsync($"since={Time(texts[3])}&to={Uri.EscapeDataString(texts[2].To)}", limit, texts);
        }
    }

    [Fact]
    public async Task A_row_of_the_list_says_what_the_text_itself_says()
    {
        var text = (await SendAllAsync("4005"))[0];
        await _client.SettledAsync(text.Id);

        var row = (await _client.GetAsync($"messages?to={Uri.EscapeDataString(text.To)}&vocabulary=school")).Is(200).Body.GetProperty("items")[0];

        Assert.Equal((await _client.GetAsync($"messages/{text.Id}?vocabulary=school")).Body.GetRawText(), row.GetRawText());
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", 1)]
    [InlineData("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999Z", 0)]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z", 0)]
    public async Task The_first_and_the_last_time_of_all_are_times_too(string since, string until, int count)
    {
        var text = (await SendAllAsync("0113"))[0];

        foreach (var query in new[] { $"to={Uri.EscapeDataString(text.To)}&", "limit=1&" })
        {
            Assert.Equal(count, (await _client.GetAsync($"messages?{query}since={since}&until={until}")).As<PageBody<MessageBody>>().Items.Count);
        }
    }

    [Fact]
    public async Task A_list_that_holds_nothing_is_an_empty_page()
    {
        var page = (await _client.GetAsync($"messages?to={Uri.EscapeDataString(_client.Number("0110"))}")).As<PageBody<MessageBody>>();

        Assert.Empty(page.Items);
        Assert.Null(page.Next);
    }

    [Fact]
    public async Task Without_a_limit_a_page_holds_fifty()
    {
        var to = _client.Number("0111");
        await Task.WhenAll(Enumerable.Range(0, 51).Select(i => _client.SendAsync(to, $"{i}")));

        var page = (await _client.GetAsync($"messages?to={Uri.EscapeDataString(to)}")).As<PageBody<MessageBody>>();

        Assert.Equal(50, page.Items.Count);
        Assert.Single((await _client.GetAsync($"messages?to={Uri.EscapeDataString(to)}&cursor={page.Next}")).As<PageBody<MessageBody>>().Items);
    }

    [Fact]
    public async Task A_text_that_comes_while_somebody_pages_does_not_shift_the_pages()
    {
        var texts = await SendAllAsync("0112", "0112", "0112");
        var since = $"since={Time(texts[0])}";
        var first = (await _client.GetAsync($"messages?{since}&limit=2")).As<PageBody<MessageBody>>();

        await SendAllAsync("0112");

        var second = (await _client.GetAsync($"messages?{since}&limit=2&cursor={first.Next}")).As<PageBody<MessageBody>>();
        Assert.Equal([texts[2].Id, texts[1].Id], first.Items.Select(text => text.Id));
        Assert.Equal([texts[0].Id], second.Items.Select(text => text.Id));
        Assert.Null(second.Next);
    }

    private static string Time(MessageBody text) => text.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>One text to each number, one after the other, so that their order is known.</summary>
    private async Task<IReadOnlyList<MessageBody>> SendAllAsync(params string[] lines)
    {
        var texts = new List<MessageBody>();
        foreach (var line in lines) texts.Add(await _client.SendAsync(_client.Number(line)));
        return texts;
    }

    private async Task AssertListedAsync(string query, int limit, IReadOnlyList<MessageBody> texts, params int[] expected)
    {
        var (listed, _) = await PagesAsync(query, limit);
        Assert.Equal(expected.Reverse().Select(index => texts[index].Id), listed.Select(text => text.Id));
    }

    private async Task<(IReadOnlyList<MessageBody> Items, IReadOnlyList<int> Sizes)> PagesAsync(string query, int limit)
    {
        var (items, sizes, cursor) = (new List<MessageBody>(), new List<int>(), "");
        do
        {
            var page = (await _client.GetAsync($"messages?{query}&limit={limit}&cursor={cursor}")).As<PageBody<MessageBody>>();
            Assert.InRange(page.Items.Count, 0, limit);
            items.AddRange(page.Items);
            sizes.Add(page.Items.Count);
            cursor = page.Next;
        }
        while (cursor is not null);
        return (items, sizes);
    }
}
