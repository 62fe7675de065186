namespace Toe.Bench;

/// <summary>The planted slow-down: makes whatever is done between two pauses take a tenth longer.</summary>
internal sealed class Brake
{
    private const int Part = 9; // A ninth of the rest is a tenth of the whole.

    private long _last = TimeProvider.System.GetTimestamp();

    public void Pause()
    {
        var pause = TimeProvider.System.GetElapsedTime(_last) / Part;
        for (var start = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(start) < pause;)
            Thread.SpinWait(8);
        _last = TimeProvider.System.GetTimestamp();
    }
}
