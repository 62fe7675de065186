using System.Runtime.Versioning;
using static Toe.Emulated.Tests.Tcp.TestSegment;

namespace Toe.Integration.Tests.Differential;

/// <summary>What both are put through. None needs time to pass.</summary>
[SupportedOSPlatform("linux")]
internal static class Scenarios
{
    public static IReadOnlyList<(string Name, Action<Script> Play)> All { get; } =
    [
        ("peer closes first", static s => { s.Open(); s.Peer(Fin | Ack, 0, 0); s.Receive(); s.Close(); s.Peer(Ack, 1, 1); s.Peer(Ack, 1, 1); }),
        ("we close first", static s => { s.Open(); s.Close(); s.Peer(Ack, 0, 1); s.Peer(Fin | Ack, 0, 1); s.Peer(Fin | Ack, 0, 1); s.Peer(Rst, 1); s.Peer(Fin | Ack, 0, 1); }),
        ("half close", static s => { s.Open(); s.Finish(); s.Peer(Ack, 0, 1); s.Peer(Ack, 0, 1, 10); s.Receive(); s.Peer(Fin | Ack, 10, 1); s.Receive(); }),
        ("simultaneous close", static s => { s.Open(); s.Close(); s.Peer(Fin | Ack, 0, 0); s.Peer(Ack, 1, 1); s.Peer(Fin | Ack, 0, 0); }),
        ("close with unread data", static s => { s.Open(); s.Peer(Ack, 0, 0, 10); s.Close(); s.Peer(Ack, 10, 0); }),
        ("data after close", static s => { s.Open(); s.Close(); s.Peer(Ack, 0, 1); s.Peer(Ack, 0, 1, 10); s.Peer(Ack, 10, 1); }),
        ("data before our FIN is acknowledged", static s => { s.Open(); s.Close(); s.Peer(Ack, 0, 0, 10); s.Peer(Ack, 10, 1); }),
        ("FIN with data", static s => { s.Open(); s.Peer(Fin | Ack, 0, 0, 10); s.Receive(); }),
        ("FIN out of order", static s => { s.Open(); s.Peer(Fin | Ack, 10, 0, 10); s.Receive(); s.Peer(Ack, 0, 0, 10); s.Receive(); }),
        ("data behind a FIN", static s => { s.Open(); s.Peer(Fin | Ack, 0, 0); s.Peer(Ack, 1, 0, 10); s.Receive(); }),
        ("out of order", static s => { s.Open(); s.Peer(Ack, 10, 0, 10); s.Peer(Ack, 30, 0, 10); s.Receive(); s.Peer(Ack, 0, 0, 10); s.Peer(Ack, 20, 0, 10); s.Receive(); }),
        ("old duplicates", static s => { s.Open(); s.Peer(Ack, 0, 0, 10); s.Peer(Ack, 0, 0, 10); s.Peer(Ack, 5, 0, 10); s.Receive(); s.Peer(Fin | Ack, 0, 0, 5); s.Receive(); }),
        ("beyond the window", static s => { s.Open(); s.Peer(Ack, 100_000, 0, 10); s.Peer(Ack, -100, 0); s.Peer(Fin | Ack, 100_000, 0); s.Receive(); }),
        ("zero window", static s => { s.Open(); s.Fill(); s.Peer(Ack, 0, 0, 1); s.Peer(Ack, 0, 0); s.ReceiveAll(); s.Peer(Ack, -1, 0); }),
        ("our data and the peer's zero window", static s => { s.Open(); s.Peer(Ack, 0, 0, window: 0); s.Send(10); s.Peer(Ack, 0, 0, window: 100); s.Peer(Ack, 0, 10); }),
        ("RST", static s => { s.Open(); s.Peer(Rst, -1); s.Peer(Rst, 100_000); s.Peer(Rst, 1); s.Peer(Rst | Ack, 5, 0); s.Receive(); s.Peer(Rst, 0); s.Receive(); s.Peer(Ack, 0, 0); }),
        ("SYN", static s => { s.Open(); s.Peer(Syn, -1); s.Peer(Syn, 5); s.Peer(Syn | Ack, 5, 0); s.Peer(Syn, 100_000); s.Peer(Ack, 0, 0, 10); s.Receive(); }),
        ("old and future ACKs", static s => { s.Open(); s.Peer(Ack, 0, 1000, 10); s.Receive(); s.Send(10); s.Peer(Ack, 0, 10); s.Peer(Ack, 0, 5, 10); s.Receive(); s.Peer(Ack, 10, -100_000, 10); s.Receive(); }),
        ("no ACK", static s => { s.Open(); s.Peer(0, 0, 0, 10); s.Peer(Fin, 0); s.Receive(); }),
        ("keep-alive probe", static s => { s.Open(); s.Peer(Ack, -1, 0); s.Peer(Ack, -1, 0, 1); s.Peer(Ack, 0, 0, 5); s.Peer(Ack, 4, 0); s.Receive(); }),
        ("urgent data", static s => { s.Open(); s.Peer(Ack | Urg, 0, 0, 10, urgent: 10); s.Receive(); s.Peer(Ack, 10, 0, 5); s.Receive(); }),
        ("segments of the peer's size", static s => { s.Open(MssOption(100)); s.Send(250); s.Peer(Ack, 0, 200); }),
        ("no MSS", static s => { s.Open([]); s.Send(600); s.Peer(Ack, 0, 536); }),
        ("unknown options", static s => { s.Open([200, 6, 1, 2, 3, 4, .. MssOption(700), 1, 253, 4, 0, 0]); s.Send(700); s.Peer(Ack, 0, 700, 5, options: [200, 0]); s.Receive(); }),
        ("options of illegal length", static s => { s.Open([2, 0, 1, 1]); s.Send(100); s.Peer(Ack, 0, 100, 5, options: [2, 1, 1, 1]); s.Peer(Ack, 5, 100, 5, options: [8, 40]); s.Receive(); }),
        ("closed port", static s => { s.Closed(); s.Peer(Syn, -1); s.Peer(Syn, -1, length: 5); s.Peer(Ack, 0, 77, 5); s.Peer(Fin, 0); s.Peer(Rst, 0); s.Peer(Syn | Fin, -1); }),
        ("listener", static s => { s.Listen(); s.Peer(Rst, 0); s.Peer(Ack, 0, 5); s.Peer(Fin, 0); s.Peer(0, 0, length: 5); }),
        ("SYN with FIN", static s => { s.Listen(); s.Peer(Syn | Fin, -1); }),
        ("SYN with data", static s => { s.Listen(); s.Peer(Syn, -1, length: 5, options: []); s.Peer(Ack, 5, 0); s.Peer(Ack, 0, 0, 10); s.Receive(); }),
        ("SYN-RECEIVED", static s => { s.Listen(); s.Peer(Syn, -1); s.Peer(Ack, 0, 5); s.Peer(Ack, 100_000, 0); s.Peer(Rst, 5); s.Peer(Ack, 0, 0, 10); s.Receive(); }),
        ("SYN-RECEIVED and RST", static s => { s.Listen(); s.Peer(Syn, -1); s.Peer(Rst, 0); s.Peer(Ack, 0, 0); }),
        ("connect refused", static s => { s.Connect(); s.Peer(Rst | Ack, 0, 5); s.Outcome(); s.Peer(Rst, 0); s.Outcome(); s.Peer(Rst | Ack, 0, 0); s.Outcome(); }),
        ("connect with a wrong answer", static s => { s.Connect(); s.Peer(Ack, 0, 5); s.Peer(Ack, 0, 0); s.Peer(Syn | Ack, -1, 5); s.Peer(Fin, 0); s.Outcome(); s.Peer(Syn | Ack, -1, 0); s.Outcome(); }),
        ("simultaneous open", static s => { s.Connect(); s.Peer(Syn, -1); s.Outcome(); s.Peer(Syn | Ack, -1, 0); s.Outcome(); s.Peer(Ack, 0, 0, 10); s.Receive(); }),
    ];
}
