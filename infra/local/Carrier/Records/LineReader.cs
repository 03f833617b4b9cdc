using System.Buffers;

namespace Serverless.Local.Carrier.Records;

/// <summary>Gives the lines of a file that end in a newline; what stands after the last one is torn, and left out.</summary>
internal sealed class LineReader(Stream stream) : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
    private int _start, _end;

    /// <summary>How many bytes the lines given so far take up.</summary>
    public long Position { get; private set; }

    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        while (true)
        {
            var length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                line = _buffer.AsSpan(_start, length);
                _start += length + 1;
                Position += length + 1;
                return true;
            }
            if (!Fill())
            {
                line = default;
                return false;
            }
        }
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private bool Fill()
    {
        var left = _buffer.AsSpan(_start, _end - _start);
        if (left.Length == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            left.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        else
        {
            left.CopyTo(_buffer);
        }
        (_start, _end) = (0, left.Length);
        var read = stream.Read(_buffer.AsSpan(_end));
        _end += read;
        return read > 0;
    }
}
