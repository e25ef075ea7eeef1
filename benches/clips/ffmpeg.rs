//! The `ffmpeg` program as coder and decoder. Separate, because clips can be made without it, and because the metric
//! must not read video through the code that it judges.

use std::{
    error::Error,
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::mpsc::{Receiver, channel},
};

use super::{planes::Planes, truth::TICKS};

/// Whether the program can be started.
pub fn present() -> bool {
    let asked = Command::new("ffmpeg").arg("-version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    asked.is_ok_and(|status| status.success())
}

/// H.264 in MP4 at a quality (x264, crf 16) that leaves the detail of a camera's own file.
pub struct Encoder {
    child: Child,
}

impl Encoder {
    /// Begins a file; frames come as Y4M and are shown at `times` (ticks, frames a second).
    ///
    /// # Errors
    /// When the program cannot be started.
    pub fn start(times: &[(i64, i64)], target: &Path) -> Result<Self, Box<dyn Error>> {
        let child = Command::new("ffmpeg")
            .args(["-v", "error", "-nostdin", "-y", "-f", "yuv4mpegpipe", "-i", "pipe:0", "-an", "-vf"])
            .arg(format!("settb=1/{TICKS},setpts='{}'", clock(times)))
            .args(["-fps_mode", "passthrough", "-enc_time_base", &format!("1:{TICKS}")])
            .args(["-video_track_timescale", &TICKS.to_string(), "-threads", "2"])
            .args(["-c:v", "libx264", "-preset", "veryfast", "-crf", "16", "-pix_fmt", "yuv420p"])
            .args(["-colorspace", "smpte170m", "-color_primaries", "smpte170m", "-color_trc", "smpte170m"])
            .args(["-color_range", "tv"])
            .arg(target)
            .stdin(Stdio::piped())
            .spawn()?;
        Ok(Self { child })
    }

    /// Where the Y4M goes; once.
    ///
    /// # Errors
    /// The second time.
    pub fn input(&mut self) -> Result<ChildStdin, Box<dyn Error>> {
        Ok(self.child.stdin.take().ok_or("the encoder's input is taken")?)
    }

    /// Waits for the file to be whole.
    ///
    /// # Errors
    /// When the program failed.
    pub fn finish(mut self) -> Result<(), Box<dyn Error>> {
        let status = self.child.wait()?;
        if status.success() { Ok(()) } else { Err("ffmpeg could not encode the clip".into()) }
    }
}

/// The times as an expression of the frame's number `N`, one piece for each run of one rate.
fn clock(times: &[(i64, i64)]) -> String {
    let mut pieces: Vec<(usize, i64, i64)> = Vec::new();
    for (frame, (pts, fps)) in times.iter().enumerate() {
        if pieces.last().is_none_or(|(_, _, step)| *step != TICKS / fps) {
            pieces.push((frame, *pts, TICKS / fps));
        }
    }
    let piece = |(first, pts, step): &(usize, i64, i64)| format!("{pts}+(N-{first})*{step}");
    let mut text = pieces.last().map_or_else(String::new, piece);
    for pair in pieces.windows(2).rev() {
        text = format!("if(lt(N,{}),{},{text})", pair[1].0, piece(&pair[0]));
    }
    text
}

/// The displayed frames of a video and their times.
pub struct Decoder {
    child: Child,
    output: ChildStdout,
    times: Receiver<f64>,
    size: [usize; 2],
    first: Option<f64>,
}

impl Decoder {
    /// Opens a video, whose upright frames must have `size`.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub fn open(path: &Path, size: [usize; 2]) -> Result<Self, Box<dyn Error>> {
        let mut child = Command::new("ffmpeg")
            .args(["-nostdin", "-hide_banner", "-nostats", "-threads", "1", "-i"])
            .arg(path)
            .args(["-map", "0:v:0", "-an", "-sn", "-dn", "-fps_mode", "passthrough"])
            .args(["-vf", "showinfo=checksum=0", "-pix_fmt", "yuv420p", "-f", "rawvideo", "pipe:1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take().ok_or("no output of the decoder")?;
        let log = child.stderr.take().ok_or("no log of the decoder")?;
        let (sender, times) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(log).lines().map_while(Result::ok) {
                let seconds = line.split("pts_time:").nth(1).and_then(|rest| rest.split_whitespace().next());
                if let Some(seconds) = seconds.and_then(|text| text.parse().ok())
                    && sender.send(seconds).is_err()
                {
                    return;
                }
            }
        });
        Ok(Self { child, output, times, size, first: None })
    }

    /// The next frame and its time in seconds after the first; `None` after the last.
    ///
    /// # Errors
    /// When decoding fails or the frames have another size.
    pub fn next_frame(&mut self) -> Result<Option<(f64, Planes)>, Box<dyn Error>> {
        let Some(frame) = Planes::read(self.size, &mut self.output as &mut dyn Read)? else {
            let status = self.child.wait()?;
            return if status.success() { Ok(None) } else { Err("ffmpeg could not decode a video".into()) };
        };
        let seconds = self.times.recv().map_err(|_| "a frame without a time")?;
        Ok(Some((seconds - *self.first.get_or_insert(seconds), frame)))
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        // Only a decoder that is left early still runs; its end is of no interest then.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_of_mixed_rates_is_written_in_pieces() {
        let times = super::super::scene::times(5, &[(2, 25), (1, 60), (2, 30)]);
        assert_eq!(times.iter().map(|t| t.0).collect::<Vec<_>>(), [0, 24, 48, 58, 78]);
        assert_eq!(clock(&times), "if(lt(N,2),0+(N-0)*24,if(lt(N,3),48+(N-2)*10,58+(N-3)*20))");
    }
}
