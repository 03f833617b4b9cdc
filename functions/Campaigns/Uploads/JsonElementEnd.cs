namespace Serverless.Campaigns;

/// <summary>
/// Finds where an element of a JSON array ends, in pieces of any size, and without holding the element: at the first comma or closing bracket
/// that is neither in a string nor within the element. Whether the element itself is JSON is not looked at.
/// </summary>
internal struct JsonElementEnd
{
    private int _depth;
    private bool _inString;
    private bool _escaped;

    /// <summary>The index of the comma or closing bracket behind the element, or -1 when it is not among these bytes.</summary>
    /// <param name="bytes">What follows the bytes of the call before.</param>
    public int Find(ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            if (_inString) InString(bytes[i]);
            else if (_depth == 0 && bytes[i] is (byte)',' or (byte)']' or (byte)'}') return i;
            else Outside(bytes[i]);
        }
        return -1;
    }

    private void InString(byte c)
    {
        if (_escaped) _escaped = false;
        else if (c == '\\') _escaped = true;
        else if (c == '"') _inString = false;
    }

    private void Outside(byte c)
    {
        if (c == '"') _inString = true;
        else if (c is (byte)'{' or (byte)'[') _depth++;
        else if (c is (byte)'}' or (byte)']') _depth--;
    }
}
