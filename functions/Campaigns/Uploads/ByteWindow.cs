namespace Serverless.Campaigns;

/// <summary>The part of a body that is being looked at: a buffer of fixed size that moves along.</summary>
internal sealed class ByteWindow(Stream body, int size)
{
    private readonly byte[] _bytes = new byte[size];
    private int _start;
    private int _end;

    /// <summary>What was read and not yet skipped. Only good until the next <see cref="FillAsync"/>.</summary>
    public ReadOnlySpan<byte> Unread => _bytes.AsSpan(_start.._end);

    /// <summary>Whether nothing more can be read before something is skipped.</summary>
    public bool IsFull => Unread.Length == _bytes.Length;

    public void Skip(int count) => _start += count;

    /// <summary>Reads more behind what is unread; false at the body's end.</summary>
    /// <exception cref="Http.ProblemException">The body ended too early.</exception>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_end == _bytes.Length) MoveToFront();
        try
        {
            var read = await body.ReadAsync(_bytes.AsMemory(_end), cancellationToken);
            _end += read;
            return read > 0;
        }
        catch (Exception e) when (UploadFaults.IsOfBody(e))
        {
            throw UploadFaults.ToProblem(e);
        }
    }

    private void MoveToFront()
    {
        if (_start == 0) throw new InvalidOperationException("The window is full.");
        Unread.CopyTo(_bytes);
        _end -= _start;
        _start = 0;
    }
}
