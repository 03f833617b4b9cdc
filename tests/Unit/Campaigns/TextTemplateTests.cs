using FsCheck;
using FsCheck.Fluent;
using Serverless.Campaigns;

namespace Serverless.Tests.Unit.Campaigns;

public sealed class TextTemplateTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("Hi", "Hi")]
    [InlineData("Hi {{name}}!", "Hi Ada!")]
    [InlineData("{{name}}", "Ada")]
    [InlineData("{{name}}{{name}}", "AdaAda")]
    [InlineData("{{ NAME }}", "Ada")]
    [InlineData("{{first name}}", "Ada K.")]
    [InlineData("Hi {{nick??friend}}!", "Hi friend!")]
    [InlineData("Hi {{ nick ?? dear friend }}!", "Hi dear friend!")]
    [InlineData("Hi{{nick??}}!", "Hi!")]
    [InlineData("Hi {{blank??friend}}!", "Hi friend!")]
    [InlineData("Hi {{name??friend}}!", "Hi Ada!")]
    [InlineData("{{nick??really??}}", "really??")]
    [InlineData("Hi {{nick}}!", "Hi !")]
    [InlineData("{a} }} {name} }", "{a} }} {name} }")]
    [InlineData("{{name}}}", "Ada}")]
    [InlineData("{{trick}}", "{{name}}")]
    public void Placeholders_give_way_to_values(string text, string expected)
    {
        var fields = Fields(("name", "Ada"), ("First Name", "Ada K."), ("blank", "  "), ("trick", "{{name}}"));

        Assert.Equal(expected, Parse(text).Render(fields));
    }

    [Theory]
    [InlineData("Hi {{name", PlaceholderProblem.NotClosed, 3)]
    [InlineData("{{a}} {{", PlaceholderProblem.NotClosed, 6)]
    [InlineData("{{name}", PlaceholderProblem.NotClosed, 0)]
    [InlineData("{{}}", PlaceholderProblem.NoName, 0)]
    [InlineData("a {{ \t}}", PlaceholderProblem.NoName, 2)]
    [InlineData("{{??friend}}", PlaceholderProblem.NoName, 0)]
    [InlineData("{{{name}}}", PlaceholderProblem.BraceInside, 0)]
    [InlineData("{{a {{b}}", PlaceholderProblem.BraceInside, 0)]
    [InlineData("{{a??{{b}}}}", PlaceholderProblem.BraceInside, 0)]
    [InlineData("{{a}b}}", PlaceholderProblem.BraceInside, 0)]
    public void What_cannot_be_read_is_told_with_its_place(string text, PlaceholderProblem problem, int at)
    {
        Assert.False(TextTemplate.TryParse(text, out var template, out var found));
        Assert.Null(template);
        Assert.Equal(new InvalidPlaceholder(problem, at), found);
    }

    [Fact]
    public void Each_field_is_named_once_as_it_was_first_written()
    {
        var template = Parse("{{Name}} {{town??here}} {{NAME??you}} {{Town}} {{pet??}}");

        Assert.Equal(["Name", "town", "pet"], template.Fields);
    }

    [Fact]
    public void A_field_is_required_when_one_of_its_places_has_no_fallback()
    {
        var template = Parse("{{name??you}} {{town??here}} {{name}}");

        Assert.Equal(["name"], template.RequiredFields);
    }

    [Fact]
    public void A_text_without_placeholders_is_the_same_for_everybody()
    {
        var template = Parse("Closed {today}");

        Assert.False(template.IsPersonal);
        Assert.Same(template.Text, template.Render(Fields()));
    }

    [Fact]
    public void A_blank_value_is_missing()
    {
        var template = Parse("{{a}}{{b}}{{c}}{{d??x}}");

        Assert.Equal(["b", "c"], template.MissingFrom(Fields(("A", "1"), ("b", " "))));
    }

    [Fact]
    public void A_text_of_any_length_is_rendered()
    {
        var value = new string('v', 5000);

        Assert.Equal($"{value}-{value}", Parse("{{a}}-{{a}}").Render(Fields(("a", value))));
    }

    [Fact]
    public void What_was_put_together_is_rendered_piece_by_piece() => Prop.ForAll(Pieces.ToArbitrary(), pieces =>
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < pieces.Count; i++) if (pieces[i].Value is { } value) fields[$"f{i}"] = value;
        var text = string.Concat(pieces.Select((piece, i) => $"{piece.Before}{{{{F{i}??{piece.Fallback}}}}}"));
        var expected = string.Concat(pieces.Select(piece => piece.Before + (string.IsNullOrWhiteSpace(piece.Value) ? piece.Fallback : piece.Value)));

        Assert.Equal(expected, Parse(text).Render(fields));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Nothing_is_left_open_where_nothing_is_missing() => Prop.ForAll(Texts.ToArbitrary(), text =>
    {
        if (!TextTemplate.TryParse(text, out var template, out _)) return;
        var all = template.Fields.ToDictionary(field => field.ToUpperInvariant(), _ => "x", StringComparer.OrdinalIgnoreCase);

        Assert.Empty(template.MissingFrom(all));
        Assert.Equal(template.RequiredFields, template.MissingFrom(Fields()));
        Assert.DoesNotContain("{{", template.Render(all));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_text_is_a_template_or_has_a_problem_at_its_place() => Prop.ForAll(Texts.ToArbitrary(), text =>
    {
        if (TextTemplate.TryParse(text, out _, out var problem)) return;

        Assert.Equal("{{", text.Substring(problem.At, 2));
        Assert.True(TextTemplate.TryParse(text[..problem.At], out _, out _));
    }).QuickCheckThrowOnFailure();

    private sealed record Piece(string Before, string? Value, string Fallback);

    private static Gen<List<Piece>> Pieces => Gen.ListOf(
        from before in Gen.Elements("", " ", "Hi, ", "}", "}} ", "??")
        from value in Gen.Elements(null, "", " ", "Ada", "{{F0}}", "}}", "{", "??")
        from fallback in Gen.Elements("", "friend", "a??b", "?")
        select new Piece(before, value, fallback)).Select(list => list.ToList());

    private static Gen<string> Texts => Gen.Elements("{", "{{", "}", "}}", "??", "?", "a", "B", " ").ListOf().Select(string.Concat);

    private static TextTemplate Parse(string text) =>
        TextTemplate.TryParse(text, out var template, out var problem) ? template : throw new ArgumentException($"{problem}");

    private static Dictionary<string, string> Fields(params (string Name, string Value)[] fields) =>
        fields.ToDictionary(field => field.Name, field => field.Value, StringComparer.OrdinalIgnoreCase);
}
