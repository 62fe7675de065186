using System.Globalization;
using System.Net;
using Toe.Throughput.Ends;

namespace Toe.Throughput.Kernel;

/// <summary>One measurement, as the driver is asked for it.</summary>
/// <param name="Mode">What the end does.</param>
/// <param name="Address">The end.</param>
/// <param name="Connections">How many connections; an echo has one.</param>
/// <param name="Size">Bytes of a message of an echo.</param>
/// <param name="Duration">How long.</param>
/// <param name="Slowed">True for the planted slow-down.</param>
internal sealed record DriverOrder(Mode Mode, IPAddress Address, int Connections, int Size, TimeSpan Duration, bool Slowed)
{
    /// <summary>Where the driver connects to. An echo takes turns with the driver, so that slowing the driver is enough.</summary>
    public IPEndPoint EndPoint => new(Address, Port.Of(Mode, Slowed && Mode != Mode.Echo));

    public static DriverOrder Parse(string line)
    {
        var words = line.Split(' ');
        return new DriverOrder(Enum.Parse<Mode>(words[0]), IPAddress.Parse(words[1]), Number(words[2]), Number(words[3]),
            TimeSpan.FromMilliseconds(Number(words[4])), bool.Parse(words[5]));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Mode} {Address} {Connections} {Size} {(int)Duration.TotalMilliseconds} {Slowed}");

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);
}
