namespace Toe.Emulated.Tests.Tcp.States;

/// <content>When both sides have finished.</content>
internal static partial class StateTables
{
    /// <summary>Our FIN in flight, the peer's received.</summary>
    private const string Closing = """
        SYN                       | Closing     | A 1 1          |
        SYN-ACK                   | Closing     | A 1 1          |
        SYN again                 | Closing     | A 1 1          |
        ACK                       | TimeWait    |                | closed Success
        ACK old                   | Closing     |                |
        ACK older than any window | Closing     | A 1 1          |
        ACK of data never sent    | Closing     | A 1 1          |
        data in order             | Closing     |                |
        data out of window        | Closing     | A 1 1          |
        FIN                       | Closing     | A 1 1          |
        FIN, ACK of all sent      | Closing     | A 1 1          |
        RST exact                 | Closed      |                | closed Success
        RST in window             | Closing     | A 1 1          |
        RST outside               | Closing     |                |
        RST, ACK                  | Closed      |                | closed Success
        URG                       | Closing     |                |
        no ACK bit                | Closing     |                |
        bad checksum              | Closing     |                |
        OPEN                      | Closing     |                | AddressAlreadyInUse
        SEND                      | Closing     |                | Failed
        RECEIVE                   | Closing     |                | EndOfStream
        CLOSE                     | Closing     |                |
        ABORT                     | Closed      |                |
        STATUS                    | Closing     |                | Closing
        user time-out             | Closed      | *              | closed TimedOut
        retransmission time-out   | Closing     | FA 0 1         |
        2 MSL                     | Closing     | *              |
        """;

    /// <summary>Our FIN in flight, the peer's received.</summary>
    private const string LastAck = """
        SYN                       | LastAck     | A 1 1          |
        SYN-ACK                   | LastAck     | A 1 1          |
        SYN again                 | LastAck     | A 1 1          |
        ACK                       | Closed      |                | closed Success
        ACK old                   | LastAck     |                |
        ACK older than any window | LastAck     | A 1 1          |
        ACK of data never sent    | LastAck     | A 1 1          |
        data in order             | LastAck     |                |
        data out of window        | LastAck     | A 1 1          |
        FIN                       | LastAck     | A 1 1          |
        FIN, ACK of all sent      | LastAck     | A 1 1          |
        RST exact                 | Closed      |                | closed Success
        RST in window             | LastAck     | A 1 1          |
        RST outside               | LastAck     |                |
        RST, ACK                  | Closed      |                | closed Success
        URG                       | LastAck     |                |
        no ACK bit                | LastAck     |                |
        bad checksum              | LastAck     |                |
        OPEN                      | LastAck     |                | AddressAlreadyInUse
        SEND                      | LastAck     |                | Failed
        RECEIVE                   | LastAck     |                | EndOfStream
        CLOSE                     | LastAck     |                |
        ABORT                     | Closed      |                |
        STATUS                    | LastAck     |                | LastAck
        user time-out             | Closed      | *              | closed TimedOut
        retransmission time-out   | LastAck     | FA 0 1         |
        2 MSL                     | LastAck     | *              |
        """;

    /// <summary>RFC 1337: no RST ends it. RFC 6191, MAY-2: a SYN with a later number does.
    /// Checking ACK numbers is MAY-12 and left out here; text is ignored, though answered. ABORT comes too late: the socket has ended,
    /// and what remains guards the two ends (MUST-13), where §3.10.5 would delete it.</summary>
    private const string TimeWait = """
        SYN                       | SynReceived | SA 2 12        |
        SYN-ACK                   | TimeWait    | A 1 1          |
        SYN again                 | TimeWait    | A 1 1          |
        ACK                       | TimeWait    |                |
        ACK old                   | TimeWait    |                |
        ACK older than any window | TimeWait    |                |
        ACK of data never sent    | TimeWait    |                |
        data in order             | TimeWait    | A 1 1          |
        data out of window        | TimeWait    | A 1 1          |
        FIN                       | TimeWait    | A 1 1          |
        FIN, ACK of all sent      | TimeWait    | A 1 1          |
        RST exact                 | TimeWait    |                |
        RST in window             | TimeWait    |                |
        RST outside               | TimeWait    |                |
        RST, ACK                  | TimeWait    |                |
        URG                       | TimeWait    | A 1 1          |
        no ACK bit                | TimeWait    |                |
        bad checksum              | TimeWait    |                |
        OPEN                      | TimeWait    |                | AddressAlreadyInUse
        SEND                      | TimeWait    |                | Failed
        RECEIVE                   | TimeWait    |                | EndOfStream
        CLOSE                     | TimeWait    |                |
        ABORT                     | TimeWait    |                |
        STATUS                    | TimeWait    |                | TimeWait
        user time-out             | Closed      |                |
        retransmission time-out   | TimeWait    |                |
        2 MSL                     | Closed      |                |
        """;
}
